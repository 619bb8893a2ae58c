//! Scenes as a camera might see them: land and sky, leaves, rooms, things near, people-like shapes, night. They are no pictures
//! of anything; they have the light, the textures and the noise.

use image::{Rgb, RgbImage, imageops};

use super::camera;
use super::canvas::Canvas;
use super::chance::Chance;
use super::noise::Noise;

/// One scene.
pub fn draw(chance: &mut Chance) -> RgbImage {
    let long = chance.between(380.0, 760.0);
    let aspect = chance.of(&[1.333, 1.5, 1.778, 1.0, 0.75, 0.667, 0.5625]);
    let (width, height) = if aspect > 1.0 { (long, long / aspect) } else { (long * aspect, long) };
    let (width, height) = (width as u32, height as u32);
    let mut scene = match chance.whole(0, 8) {
        0 | 1 => land(width, height, chance),
        2 => leaves(width, height, chance),
        3 => room(width, height, chance),
        4 | 5 => things(width, height, chance),
        6 => night(width, height, chance),
        7 => pale(width, height, chance),
        _ => surface(width, height, chance),
    };
    if chance.is(0.12) {
        return cut_out(&scene, chance);
    }
    camera::shade(&mut scene, chance.between(0.05, 0.4), chance.between(1.0, 3.0), chance);
    scene = imageops::fast_blur(&scene, chance.between(0.3, 1.6));
    camera::fade(&mut scene, chance.between(0.0, 25.0), chance.between(215.0, 275.0));
    camera::grain(&mut scene, chance.between(0.5, 8.0), 0.6, chance);
    if chance.is(0.08) {
        scene = camera::grey(&scene);
    }
    if chance.is(0.4) {
        scene = camera::resized(&scene, chance.whole(350, 1500) as u32);
    }
    if chance.is(0.92) { camera::jpeg(&scene, chance.whole(40, 95) as u8) } else { scene }
}

fn blend(a: [u8; 3], b: [u8; 3], t: f32) -> [u8; 3] {
    std::array::from_fn(|n| (f32::from(a[n]) + (f32::from(b[n]) - f32::from(a[n])) * t.clamp(0.0, 1.0)) as u8)
}

/// A surface with a texture: wood, stone, cloth, grass.
pub fn surface(width: u32, height: u32, chance: &mut Chance) -> RgbImage {
    let noise = Noise::new(chance.seed());
    let (saturation, value) = (chance.between(0.05, 0.6), chance.between(0.25, 0.9));
    let shadow = value * chance.between(0.3, 0.8);
    let dark = chance.vivid(saturation, shadow);
    let light = blend(dark, [255, 245, 230], chance.between(0.15, 0.5));
    let (fx, fy) = (chance.between(3.0, 60.0), chance.between(3.0, 60.0));
    let stretch = if chance.is(0.5) { chance.between(0.05, 0.4) } else { 1.0 };
    let keep = chance.between(0.45, 0.85);
    let side = width.max(height) as f32;
    RgbImage::from_fn(width, height, |x, y| {
        let t = noise.rough(x as f32 / side * fx * stretch, y as f32 / side * fy, 5, keep);
        Rgb(blend(dark, light, (t - 0.5) * 2.2 + 0.5))
    })
}

/// Sky with clouds, ridges one behind the other, ground.
fn land(width: u32, height: u32, chance: &mut Chance) -> RgbImage {
    let (noise, shape) = (Noise::new(chance.seed()), Noise::new(chance.seed()));
    let horizon = chance.between(0.25, 0.7);
    let high = chance.of(&[[60, 110, 190], [110, 150, 210], [170, 180, 190], [230, 150, 90], [40, 60, 110]]);
    let low = blend(high, [245, 235, 220], chance.between(0.4, 0.8));
    let cloud = chance.between(0.0, 1.0);
    let ridges = chance.whole(1, 4) as usize;
    let ground: Vec<[u8; 3]> = (0..=ridges)
        .map(|_| {
            let (saturation, value) = (chance.between(0.1, 0.6), chance.between(0.15, 0.6));
            chance.vivid(saturation, value)
        })
        .collect();
    let steep = chance.between(0.1, 0.4);
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let mut colour = blend(high, low, v / horizon);
        let clouds = (noise.soft(u * 4.0, v * 9.0, 5) - 0.5) * 4.0 * cloud;
        colour = blend(colour, [250; 3], clouds);
        for (n, tone) in ground.iter().enumerate() {
            let depth = n as f32 / ridges as f32;
            let edge = horizon + depth * (1.0 - horizon) * 0.6
                - steep * (1.0 - depth) * shape.soft(u * (3.0 + n as f32), n as f32 * 7.0, 6);
            if v > edge {
                let zoom = 30.0 + 60.0 * depth;
                let texture = noise.rough(u * zoom, v * zoom * 1.6, 5, 0.75);
                colour = blend(blend(*tone, low, 0.5 * (1.0 - depth)), [20, 25, 15], (texture - 0.35) * 1.8);
            }
        }
        Rgb(colour)
    })
}

/// Leaf upon leaf.
fn leaves(width: u32, height: u32, chance: &mut Chance) -> RgbImage {
    let mut canvas = Canvas::new(width, height, chance.colour(5, 60));
    let base = chance.vivid(0.6, 0.7);
    let size = width.min(height) as f32 * chance.between(0.02, 0.12);
    for n in 0..chance.whole(300, 1500) {
        let lit = n as f32 / 1500.0;
        let tone = blend(chance.colour(0, 80), base, chance.between(0.3, 1.0));
        let tone = blend(tone, [250, 250, 220], lit * chance.between(0.0, 0.5));
        let (x, y) = (chance.between(0.0, width as f32), chance.between(0.0, height as f32));
        let (turn, long, wide) = (chance.between(0.0, 6.3), size * chance.between(0.5, 1.4), chance.between(0.15, 0.5));
        let outline: Vec<(f32, f32)> = (0..10)
            .map(|k| k as f32 * 0.628)
            .map(|a| (long * a.cos(), long * wide * a.sin()))
            .map(|(dx, dy)| (x + dx * turn.cos() - dy * turn.sin(), y + dx * turn.sin() + dy * turn.cos()))
            .collect();
        canvas.polygon(&outline, tone, chance.of(&[255, 230, 180]));
    }
    let mut image = canvas.image();
    camera::shade(&mut image, 0.35, 5.0, chance);
    image
}

/// Walls, floor, a window, boxes with light on them.
fn room(width: u32, height: u32, chance: &mut Chance) -> RgbImage {
    let (w, h) = (width as f32, height as f32);
    let wall = chance.colour(90, 235);
    let mut canvas = Canvas::new(width, height, wall);
    let floor = h * chance.between(0.55, 0.85);
    canvas.polygon(
        &[(0.0, floor + 30.0), (w * 0.4, floor), (w, floor + 50.0), (w, h), (0.0, h)],
        chance.colour(40, 170),
        255,
    );
    canvas.polygon(
        &[(0.0, 0.0), (w * chance.between(0.05, 0.3), 0.0), (w * 0.2, floor), (0.0, h)],
        blend(wall, [30; 3], 0.3),
        255,
    );
    for _ in 0..chance.whole(5, 22) {
        let (x, y) = (chance.between(-0.1, 0.9) * w, chance.between(0.1, 0.85) * h);
        let (a, b) = (chance.between(0.03, 0.35) * w, chance.between(0.03, 0.35) * h);
        let lean = chance.normal() * 0.12 * b;
        let tone = chance.colour(10, 240);
        canvas.polygon(&[(x, y), (x + a, y + lean), (x + a * 0.95, y + b + lean), (x + a * 0.03, y + b)], tone, 255);
        let side = blend(tone, [0; 3], 0.4);
        canvas.polygon(
            &[
                (x + a, y + lean),
                (x + a * 1.2, y + lean * 0.5),
                (x + a * 1.15, y + b * 0.9),
                (x + a * 0.95, y + b + lean),
            ],
            side,
            255,
        );
        if chance.is(0.3) {
            canvas.disc(x + a / 2.0, y, b * 0.3, chance.colour(10, 250));
        }
    }
    let mut image = canvas.image();
    image = imageops::fast_blur(&image, chance.between(0.8, 2.5));
    let texture = surface(width, height, chance);
    for (pixel, fine) in image.pixels_mut().zip(texture.pixels()) {
        pixel.0 = blend(pixel.0, fine.0, 0.16);
    }
    camera::shade(&mut image, chance.between(0.2, 0.5), chance.between(1.5, 6.0), chance);
    image
}

/// Round things in front of what is out of focus.
fn things(width: u32, height: u32, chance: &mut Chance) -> RgbImage {
    let mut image = match chance.whole(0, 2) {
        0 => surface(width, height, chance),
        1 => land(width, height, chance),
        _ => leaves(width, height, chance),
    };
    image = imageops::fast_blur(&image, chance.between(3.0, 25.0));
    for _ in 0..chance.whole(1, 7) {
        let (x, y) = (chance.between(0.1, 0.9) * width as f32, chance.between(0.2, 0.95) * height as f32);
        let size = chance.between(0.06, 0.38) * width.min(height) as f32;
        let tall = chance.between(0.6, 1.8);
        ball(&mut image, (x, y), (size, size * tall), chance);
    }
    image
}

/// A lit, textured, uneven round thing.
fn ball(image: &mut RgbImage, (x, y): (f32, f32), (rx, ry): (f32, f32), chance: &mut Chance) {
    let noise = Noise::new(chance.seed());
    let (saturation, value) = (chance.between(0.1, 0.9), chance.between(0.3, 0.95));
    let tone = chance.vivid(saturation, value);
    let second = chance.colour(20, 240);
    let (mix, fine) = (chance.between(0.0, 0.8), chance.between(2.0, 30.0));
    let (lx, ly) = (chance.between(-0.7, 0.7), chance.between(-0.9, 0.0));
    let (width, height) = (image.width() as f32, image.height() as f32);
    for py in (y - ry * 1.2).max(0.0) as u32..(y + ry * 1.2).min(height) as u32 {
        for px in (x - rx * 1.2).max(0.0) as u32..(x + rx * 1.2).min(width) as u32 {
            let (u, v) = ((px as f32 - x) / rx, (py as f32 - y) / ry);
            let wobble = 1.0 + 0.25 * (noise.soft(u + 9.0, v + 3.0, 3) - 0.5);
            let far = (u * u + v * v).sqrt() / wobble;
            if far < 1.0 {
                let light = 0.55 + 0.6 * (u * lx + v * ly) + 0.3 * (1.0 - far);
                let texture = noise.rough(u * fine + 50.0, v * fine, 4, 0.7);
                let base = blend(tone, second, mix * (texture - 0.3) * 2.0);
                let lit = base.map(|c| (f32::from(c) * (0.5 + light)).clamp(0.0, 255.0) as u8);
                let under = image.get_pixel(px, py).0;
                image.put_pixel(px, py, Rgb(blend(under, lit, (1.0 - far) * rx / 2.0)));
            }
        }
    }
}

/// Dark, with lights.
fn night(width: u32, height: u32, chance: &mut Chance) -> RgbImage {
    let mut image = surface(width, height, chance);
    camera::fade(&mut image, 0.0, chance.between(25.0, 90.0));
    for _ in 0..chance.whole(3, 60) {
        let (x, y) = (chance.between(0.0, width as f32), chance.between(0.0, height as f32));
        let reach = chance.between(3.0, 60.0);
        let (saturation, value) = (chance.between(0.0, 0.7), 1.0);
        let tone = chance.vivid(saturation, value);
        for py in (y - reach).max(0.0) as u32..((y + reach) as u32).min(height) {
            for px in (x - reach).max(0.0) as u32..((x + reach) as u32).min(width) {
                let far = ((px as f32 - x).powi(2) + (py as f32 - y).powi(2)).sqrt() / reach;
                let under = image.get_pixel(px, py).0;
                image.put_pixel(px, py, Rgb(blend(under, tone, (1.0 - far).max(0.0).powi(2) * 1.5)));
            }
        }
    }
    image
}

/// Snow, fog, a white wall: bright nearly everywhere.
fn pale(width: u32, height: u32, chance: &mut Chance) -> RgbImage {
    let mut image = surface(width, height, chance);
    let low = chance.between(150.0, 215.0);
    camera::fade(&mut image, low, low + chance.between(15.0, 45.0));
    for _ in 0..chance.whole(1, 3) {
        let at = (chance.between(0.1, 0.9) * width as f32, chance.between(0.1, 0.9) * height as f32);
        let size = chance.between(0.05, 0.22) * width.min(height) as f32;
        let tall = chance.between(0.7, 1.5);
        ball(&mut image, at, (size, size * tall), chance);
    }
    image
}

/// A thing on pure white, as shops show it.
fn cut_out(scene: &RgbImage, chance: &mut Chance) -> RgbImage {
    let mut image = RgbImage::from_pixel(scene.width(), scene.height(), Rgb([255; 3]));
    for _ in 0..chance.whole(1, 3) {
        let at = (chance.between(0.3, 0.7) * image.width() as f32, chance.between(0.35, 0.65) * image.height() as f32);
        let size = chance.between(0.2, 0.45) * image.width().min(image.height()) as f32;
        let tall = chance.between(0.7, 1.3);
        ball(&mut image, at, (size, size * tall), chance);
    }
    camera::grain(&mut image, 1.0, 0.5, chance);
    image.pixels_mut().filter(|pixel| pixel.0.iter().all(|c| *c > 250)).for_each(|pixel| pixel.0 = [255; 3]);
    if chance.is(0.6) { camera::jpeg(&image, chance.whole(60, 95) as u8) } else { image }
}
