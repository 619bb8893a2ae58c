//! What goes into a model: the image at its size, in its order of colours, and the way back from there to the image.

use image::RgbImage;
use legible_reading::Point;
use legible_reading::recognition::contract::{Channels, Fit, Input, Layout};

use super::resample::{Window, resample};

/// Where the pixels of an image lie in what went in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Input pixels per image pixel: across, down.
    scale: (f32, f32),
    /// Where the image's top left corner lies, in input pixels; negative where it is cut off.
    corner: (f32, f32),
    /// Sides of the image, in its pixels.
    image: (f32, f32),
}

impl Placement {
    /// Where [`picture`] lays an image of these sides.
    pub fn of(input: &Input, sides: (u32, u32)) -> Self {
        Plan::of(input, sides.0, sides.1).placement(sides)
    }

    /// A point of the input as a point of the image, not outside of it.
    pub fn in_image(&self, x: f32, y: f32) -> Point {
        Point {
            x: ((x - self.corner.0) / self.scale.0).clamp(0.0, self.image.0),
            y: ((y - self.corner.1) / self.scale.1).clamp(0.0, self.image.1),
        }
    }
}

/// The numbers that go in, in the input's layout, and where the image lies in them.
///
/// Images are resized as Pillow's `BILINEAR` does it: each pixel is a weighted mean of all that it covers, so that nothing
/// flickers when much is shrunk. Published contracts often come from OpenCV's `INTER_LINEAR`, which skips pixels then; what
/// models answer differs by little, and was measured with this.
pub fn picture(image: &RgbImage, input: &Input) -> Vec<f32> {
    let plan = Plan::of(input, image.width(), image.height());
    let pixels = resample(image, plan.resized, plan.window);
    let pad = match input.fit {
        Fit::LetterboxTopLeft { pad } | Fit::LetterboxCentred { pad } => f32::from(pad),
        Fit::Crop { .. } | Fit::Stretch => 0.0,
    };
    let (width, height) = (input.width as usize, input.height as usize);
    let (left, top) = (plan.at.0 as usize, plan.at.1 as usize);
    let columns = plan.window.width as usize;
    let mut numbers = vec![0.0; 3 * width * height];
    for place in 0..3 {
        let colour = match input.channels {
            Channels::Rgb => place,
            Channels::Bgr => 2 - place,
        };
        let normal = |value: f32| (value - input.mean[colour]) / input.std[colour];
        let (start, step) = match input.layout {
            Layout::Nchw => (place * width * height, 1),
            Layout::Nhwc => (place, 3),
        };
        let blank = normal(pad);
        (0..width * height).for_each(|n| numbers[start + n * step] = blank);
        for (y, row) in pixels.chunks_exact(columns * 3).enumerate() {
            let first = (top + y) * width + left;
            for (x, pixel) in row.chunks_exact(3).enumerate() {
                numbers[start + (first + x) * step] = normal(pixel[colour]);
            }
        }
    }
    numbers
}

/// How an image of some size is laid on an input.
#[derive(Debug, PartialEq)]
struct Plan {
    /// The whole image is resized to these sides …
    resized: (u32, u32),
    /// … of which this part …
    window: Window,
    /// … lies here in the input: left, top.
    at: (u32, u32),
}

impl Plan {
    fn of(input: &Input, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let side = |side: u32, scale: f64| f64::from(side) * scale;
        match input.fit {
            Fit::Stretch => Plan::whole((input.width, input.height), (0, 0)),
            Fit::Crop { short_side } => {
                let scale = f64::from(short_side) / f64::from(width.min(height));
                let resized = (side(width, scale).round() as u32, side(height, scale).round() as u32);
                let (left, top) = ((resized.0 - input.width) / 2, (resized.1 - input.height) / 2);
                let window = Window { left, top, width: input.width, height: input.height };
                Plan { resized, window, at: (0, 0) }
            }
            Fit::LetterboxTopLeft { .. } | Fit::LetterboxCentred { .. } => {
                let scale =
                    (f64::from(input.width) / f64::from(width)).min(f64::from(input.height) / f64::from(height));
                // Rounded off as in the published preparation of YOLOX; the least sum keeps a whole side whole.
                let fitted = |n: u32, most: u32| ((side(n, scale) + 1e-6) as u32).clamp(1, most);
                let resized = (fitted(width, input.width), fitted(height, input.height));
                let at = match input.fit {
                    Fit::LetterboxCentred { .. } => ((input.width - resized.0) / 2, (input.height - resized.1) / 2),
                    _ => (0, 0),
                };
                Plan::whole(resized, at)
            }
        }
    }

    fn whole(resized: (u32, u32), at: (u32, u32)) -> Self {
        Plan { resized, window: Window { left: 0, top: 0, width: resized.0, height: resized.1 }, at }
    }

    fn placement(&self, (width, height): (u32, u32)) -> Placement {
        let (width, height) = (width as f32, height as f32);
        let corner = |at: u32, cut: u32| at as f32 - cut as f32;
        Placement {
            scale: (self.resized.0 as f32 / width, self.resized.1 as f32 / height),
            corner: (corner(self.at.0, self.window.left), corner(self.at.1, self.window.top)),
            image: (width, height),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(width: u32, height: u32, fit: Fit) -> Input {
        let (channels, layout) = (Channels::Rgb, Layout::Nchw);
        Input { name: None, width, height, fit, channels, layout, mean: [0.0; 3], std: [1.0; 3] }
    }

    #[test]
    fn every_shape_is_laid_on_the_input() {
        let check = |fit: Fit, image: (u32, u32), resized: (u32, u32), cut: (u32, u32), at: (u32, u32)| {
            let plan = Plan::of(&input(400, 400, fit), image.0, image.1);
            let seen = (plan.resized, (plan.window.left, plan.window.top), plan.at);
            assert_eq!(seen, (resized, cut, at), "{fit:?} {image:?}");
            assert!(plan.at.0 + plan.window.width <= 400 && plan.at.1 + plan.window.height <= 400, "{plan:?}");
            assert!(plan.window.left + plan.window.width <= resized.0, "{plan:?}");
            assert!(plan.window.top + plan.window.height <= resized.1, "{plan:?}");
        };
        let crop = Fit::Crop { short_side: 500 };
        check(crop, (1000, 500), (1000, 500), (300, 50), (0, 0));
        check(crop, (300, 1000), (500, 1667), (50, 633), (0, 0));
        check(crop, (1, 60_000), (500, 30_000_000), (50, 14_999_800), (0, 0));
        let (top_left, centred) = (Fit::LetterboxTopLeft { pad: 9 }, Fit::LetterboxCentred { pad: 9 });
        check(top_left, (1000, 500), (400, 200), (0, 0), (0, 0));
        check(top_left, (3, 7), (171, 400), (0, 0), (0, 0));
        check(top_left, (1, 60_000), (1, 400), (0, 0), (0, 0));
        check(centred, (1000, 500), (400, 200), (0, 0), (0, 100));
        check(centred, (333, 999), (133, 400), (0, 0), (133, 0));
        check(Fit::Stretch, (1000, 500), (400, 400), (0, 0), (0, 0));
    }

    #[test]
    fn points_come_back_to_where_they_were() {
        let check = |fit: Fit, at: (f32, f32), expected: (f32, f32)| {
            let told = Placement::of(&input(40, 40, fit), (100, 50)).in_image(at.0, at.1);
            assert_eq!((told.x, told.y), expected, "{fit:?} {at:?}");
        };
        check(Fit::Stretch, (20.0, 20.0), (50.0, 25.0));
        check(Fit::LetterboxTopLeft { pad: 0 }, (20.0, 10.0), (50.0, 25.0));
        check(Fit::LetterboxTopLeft { pad: 0 }, (-5.0, 39.0), (0.0, 50.0));
        check(Fit::LetterboxCentred { pad: 0 }, (20.0, 20.0), (50.0, 25.0));
        check(Fit::Crop { short_side: 50 }, (20.0, 20.0), (50.0, 25.0));
        check(Fit::Crop { short_side: 50 }, (0.0, 0.0), (30.0, 5.0));
    }

    #[test]
    fn colours_come_in_the_order_of_the_contract() {
        let image = RgbImage::from_pixel(4, 2, image::Rgb([10, 20, 30]));
        let check = |channels, layout, expected: &[f32]| {
            let plain = input(2, 2, Fit::LetterboxTopLeft { pad: 50 });
            let input = Input { channels, layout, mean: [10.0, 0.0, 0.0], std: [1.0, 2.0, 10.0], ..plain };
            let told: Vec<f32> = picture(&image, &input).iter().map(|value| (value * 100.0).round() / 100.0).collect();
            assert_eq!(told, expected, "{channels:?} {layout:?}");
        };
        use Channels::{Bgr, Rgb};
        check(Rgb, Layout::Nchw, &[0.0, 0.0, 40.0, 40.0, 10.0, 10.0, 25.0, 25.0, 3.0, 3.0, 5.0, 5.0]);
        check(Bgr, Layout::Nchw, &[3.0, 3.0, 5.0, 5.0, 10.0, 10.0, 25.0, 25.0, 0.0, 0.0, 40.0, 40.0]);
        check(Rgb, Layout::Nhwc, &[0.0, 10.0, 3.0, 0.0, 10.0, 3.0, 40.0, 25.0, 5.0, 40.0, 25.0, 5.0]);
        check(Bgr, Layout::Nhwc, &[3.0, 10.0, 0.0, 3.0, 10.0, 0.0, 5.0, 25.0, 40.0, 5.0, 25.0, 40.0]);
    }
}
