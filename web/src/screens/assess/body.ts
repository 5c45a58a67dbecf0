// SPDX-License-Identifier: Apache-2.0
// The body chart: one half of a standing figure, drawn once and mirrored, and the regions on it.
// Units are those of the drawing; x 0 is the midline, y 0 the top of the head.
export const FIGURE = { width: 200, height: 456, front: 100, back: 310 };

/** The open outline of one half: filled, it closes along the midline, where no line is drawn. */
export const HALF =
  'M0,8 C15,8 23,20 23,36 C23,50 18,60 12,66 L12,76 C15,83 30,85 42,89 C54,93 58,103 60,116 ' +
  'C62,134 67,150 71,168 C76,186 80,206 83,226 C88,236 90,248 89,260 C88,269 82,271 79,264 ' +
  'C76,256 74,245 73,231 C68,213 61,194 57,175 C53,157 48,139 44,121 C42,134 38,150 36,166 ' +
  'C34,182 38,196 41,212 C45,232 44,262 39,292 C37,308 35,320 34,332 C36,350 34,374 28,400 ' +
  'C26,413 26,421 28,431 C31,441 28,448 20,448 L9,448 C7,441 9,431 9,420 C8,396 8,366 10,342 ' +
  'C10,326 7,296 4,252 C3,248 1,246 0,246';

/** Lines that make the figure readable; of the front and the back, of one half. */
export const LINES = {
  front: ['M3,88 C14,87 26,90 40,96', 'M0,120 C12,126 26,124 38,114', 'M0,246 C6,238 22,228 38,204',
    'M14,322 C18,318 26,318 30,322'],
  back: ['M0,84 L0,222', 'M12,92 C26,98 30,118 24,136', 'M2,226 C10,240 26,244 38,238',
    'M14,336 C18,340 26,340 30,336'],
};

export interface Spot {
  region: string;
  /** Of one half, mirrored for the other; or across the midline. */
  isPaired: boolean;
  view: 'front' | 'back';
  path: string;
}

const round = (x: number, y: number, rx: number, ry: number): string =>
  `M${x - rx},${y} a${rx},${ry} 0 1,0 ${2 * rx},0 a${rx},${ry} 0 1,0 ${-2 * rx},0`;
const band = (half: number, top: number, bottom: number): string =>
  `M${-half},${top} h${2 * half} q6,${(bottom - top) / 2} 0,${bottom - top} h${-2 * half} q-6,${(top - bottom) / 2} 0,${top - bottom}`;

const PAIRED: [string, number, number, number, number][] = [
  ['shoulder', 47, 103, 17, 18], ['elbow', 65, 173, 13, 15], ['wrist_hand', 81, 249, 15, 24],
  ['hip', 31, 226, 15, 20], ['knee', 22, 331, 15, 20], ['ankle_foot', 19, 430, 14, 22],
];

/** In the order in which the arrow keys go. */
export const SPOTS: Spot[] = [
  { region: 'tmj', isPaired: true, view: 'front', path: round(18, 48, 8, 9) },
  { region: 'cervical', isPaired: false, view: 'back', path: band(14, 56, 86) },
  ...PAIRED.slice(0, 3).map(([region, x, y, rx, ry]) => ({ region, isPaired: true, view: 'front' as const,
    path: round(x, y, rx, ry) })),
  { region: 'thoracic', isPaired: false, view: 'back', path: band(24, 90, 164) },
  { region: 'lumbar_si', isPaired: false, view: 'back', path: band(28, 168, 226) },
  ...PAIRED.slice(3).map(([region, x, y, rx, ry]) => ({ region, isPaired: true, view: 'front' as const,
    path: round(x, y, rx, ry) })),
];

/** The same regions on the other view: for the pointer, the keyboard has them once. */
export const TWINS: Spot[] = [
  ...PAIRED.map(([region, x, y, rx, ry]) => ({ region, isPaired: true, view: 'back' as const,
    path: round(x, y, rx, ry) })),
  { region: 'thoracic', isPaired: false, view: 'front', path: band(22, 92, 160) },
  { region: 'cervical', isPaired: false, view: 'front', path: band(14, 64, 86) },
];
