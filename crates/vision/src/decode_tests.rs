//! Good, odd and bad images, all made here.
