// Addresses of the pictures, served by the desktop for items of the library only.

import { convertFileSrc } from "@tauri-apps/api/core";

export const thumbnailUrl = (id: number): string => convertFileSrc(`thumbnail/${id}`, "legible");
export const imageUrl = (id: number): string => convertFileSrc(`image/${id}`, "legible");
