// SPDX-License-Identifier: Apache-2.0
// Regions as line drawings: bones, what must not be hit, and where the sites of the atlas lie. Each
// view is 150 wide; a right side is drawn, a left one is its mirror image. Schematic: for finding
// one's way, not for placing a needle.

export interface View {
  /** Key below plan.view. */
  name: string;
  bones: readonly string[];
  /** Drawn as strokes: fingers, ribs. */
  rods?: readonly string[];
  risks: readonly { name: string; d: string; at: readonly [number, number] }[];
  pins: Readonly<Record<string, readonly [number, number]>>;
}

export interface Region {
  height: number;
  views: readonly View[];
}

const KNEE: Region = {
  height: 250,
  views: [
    {
      name: 'front',
      bones: [
        'M58 0H92L94 60C96 78 118 86 116 106C114 120 82 118 75 114C68 118 36 120 34 106C32 86 54 78 56 60Z',
        'M75 68C91 68 95 84 90 96C86 108 79 112 75 112C71 112 64 108 60 96C55 84 59 68 75 68Z',
        'M35 130C50 125 100 125 115 130C115 148 96 154 94 176L90 250H62L58 176C54 154 35 148 35 130Z',
        'M25 146C34 140 43 148 41 160L38 250H29L27 164C22 158 20 150 25 146Z',
      ],
      risks: [
        {
          name: 'saphenous',
          d: 'M128 40C132 110 124 150 112 190C106 214 104 230 104 250',
          at: [110, 222],
        },
        { name: 'peroneal', d: 'M14 96C8 130 14 160 24 176C34 190 48 196 50 226', at: [2, 204] },
      ],
      pins: {
        'KNE-01': [88, 122],
        'KNE-02': [120, 98],
        'KNE-03': [104, 176],
        'KNE-04': [112, 134],
        'KNE-05': [88, 196],
        'KNE-06': [30, 100],
        'KNE-07': [22, 152],
        'KNE-08': [38, 130],
        'KNE-09': [54, 150],
        'KNE-10': [75, 60],
        'KNE-11': [75, 104],
        'KNE-12': [76, 164],
        'KNE-13': [100, 80],
        'KNE-14': [42, 172],
        'KNE-15': [50, 76],
        'KNE-16': [62, 122],
      },
    },
  ],
};

const SHOULDER: Region = {
  height: 220,
  views: [
    {
      name: 'front',
      bones: [
        'M40 48C70 36 108 54 146 56V65C108 64 72 50 42 58Z',
        'M28 46L48 42L52 56L36 60Z',
        'M64 62C74 58 82 66 77 76L69 80Z',
        'M42 60C58 60 65 74 63 86C61 98 53 106 51 116L48 220H32L29 116C23 108 17 96 19 82C21 68 30 60 42 60Z',
      ],
      risks: [
        { name: 'plexus', d: 'M140 24C114 62 96 92 84 130', at: [96, 22] },
        { name: 'pleura', d: 'M96 220C88 170 92 110 108 88C124 80 140 92 150 116', at: [100, 170] },
      ],
      pins: {
        'SHO-02': [20, 74],
        'SHO-04': [52, 90],
        'SHO-05': [36, 112],
        'SHO-06': [40, 50],
        'SHO-07': [72, 72],
        'SHO-08': [138, 60],
      },
    },
    {
      name: 'back',
      bones: [
        'M44 56L112 68L104 100L72 180L52 110Z',
        'M40 74L122 52L126 62L46 84Z',
        'M112 66C130 64 140 78 138 92C136 104 128 110 126 120L124 220H108L106 118C98 108 96 96 98 86C100 74 104 67 112 66Z',
      ],
      risks: [
        { name: 'suprascapular', d: 'M72 44C88 56 92 72 88 96', at: [44, 40] },
        { name: 'axillary', d: 'M86 128C104 136 126 130 142 118', at: [92, 150] },
        { name: 'pleura', d: 'M18 70C8 120 18 180 44 220', at: [2, 206] },
      ],
      pins: { 'SHO-01': [100, 102], 'SHO-03': [134, 92], 'SHO-09': [98, 82], 'SHO-10': [52, 108] },
    },
  ],
};

const ELBOW: Region = {
  height: 230,
  views: [
    {
      name: 'front',
      bones: [
        'M62 0H90L92 84C106 94 118 102 114 116C100 122 88 118 75 120C62 118 50 122 36 116C32 102 46 94 60 84Z',
        'M40 128H66L64 142L58 156L54 230H40L44 156L40 142Z',
        'M70 128L108 126L104 144L88 166L86 230H72V166Z',
      ],
      risks: [
        { name: 'radial', d: 'M28 30C44 84 24 120 34 166C36 190 30 210 28 230', at: [2, 200] },
      ],
      pins: {
        'ELB-01': [32, 106],
        'ELB-02': [52, 82],
        'ELB-03': [46, 146],
        'ELB-04': [38, 126],
        'ELB-05': [118, 106],
        'ELB-06': [112, 128],
      },
    },
    {
      name: 'back',
      bones: [
        'M60 0H88L90 84C104 94 116 102 112 116C100 122 86 118 75 116C62 118 50 122 36 116C34 102 48 94 58 84Z',
        'M60 92C68 84 84 86 88 98L86 128L82 230H64L62 128Z',
        'M92 128H112L108 146L110 230H94L96 150Z',
      ],
      risks: [
        { name: 'ulnar', d: 'M36 20C46 80 40 108 52 140C56 170 54 200 54 230', at: [8, 190] },
      ],
      pins: { 'ELB-07': [98, 118], 'ELB-08': [75, 96] },
    },
  ],
};

const HAND_BONES = [
  'M44 250H72V204L38 202Z',
  'M80 250H98V206L82 206Z',
  'M40 198C60 188 90 188 104 198L101 172C80 164 60 164 44 172Z',
];
const HAND_RODS = [
  'M56 162L50 108M49 98L45 50',
  'M70 160V102M70 92V36',
  'M85 162L89 106M90 96L94 46',
  'M98 168L107 120M109 110L115 72',
  'M42 174L20 142M17 132L8 106',
];

const WRIST: Region = {
  height: 250,
  views: [
    {
      name: 'dorsal',
      bones: HAND_BONES,
      rods: HAND_RODS,
      risks: [
        { name: 'superficial_radial', d: 'M30 250C32 220 26 196 12 160', at: [0, 236] },
        { name: 'dorsal_ulnar', d: 'M106 250C112 220 110 196 118 150', at: [100, 236] },
      ],
      pins: {
        'WRH-01': [34, 182],
        'WRH-02': [90, 100],
        'WRH-03': [70, 182],
        'WRH-04': [96, 204],
        'WRH-05': [56, 206],
        'WRH-06': [30, 142],
      },
    },
    {
      name: 'palm',
      bones: [
        'M106 250H78V204L112 202Z',
        'M70 250H52V206L68 206Z',
        'M110 198C90 188 60 188 46 198L49 172C70 164 90 164 106 172Z',
      ],
      rods: [
        'M94 162L100 108M101 98L105 50',
        'M80 160V102M80 92V36',
        'M65 162L61 106M60 96L56 46',
        'M52 168L43 120M41 110L35 72',
        'M108 174L130 142M133 132L142 106',
      ],
      risks: [
        { name: 'median', d: 'M80 250C80 220 82 196 82 172', at: [86, 240] },
        { name: 'ulnar_artery', d: 'M56 250C52 220 58 196 58 172', at: [6, 240] },
      ],
      pins: { 'WRH-07': [80, 210] },
    },
  ],
};

const HIP: Region = {
  height: 230,
  views: [
    {
      name: 'front',
      bones: [
        'M14 46C22 16 54 12 66 46L74 66H76L84 46C96 12 128 16 136 46C132 76 118 88 108 96L92 122L78 114L75 124L72 114L58 122L42 96C32 88 18 76 14 46Z',
        'M38 92C50 94 52 110 42 114L32 126L34 230H14L10 128C2 116 8 100 20 104Z',
      ],
      risks: [{ name: 'femoral', d: 'M60 70C58 110 52 160 48 230', at: [56, 200] }],
      pins: {
        'HIP-01': [44, 104],
        'HIP-02': [36, 138],
        'HIP-03': [66, 126],
        'HIP-04': [10, 118],
        'HIP-07': [75, 104],
        'HIP-08': [28, 90],
      },
    },
    {
      name: 'back',
      bones: [
        'M14 46C22 16 54 12 62 46L66 80L75 100L84 80L88 46C96 12 128 16 136 46C132 76 118 88 108 96L96 130L84 116H66L54 130L42 96C32 88 18 76 14 46Z',
        'M112 92C100 94 98 110 108 114L118 126L116 230H136L140 128C148 116 142 100 130 104Z',
      ],
      risks: [{ name: 'sciatic', d: 'M88 78C108 104 112 130 112 230', at: [64, 200] }],
      pins: { 'HIP-05': [134, 102], 'HIP-06': [96, 132] },
    },
  ],
};

const LUMBAR: Region = {
  height: 200,
  views: [
    {
      name: 'back',
      bones: [
        'M64 6H86V24H64Z',
        'M64 32H86V50H64Z',
        'M64 58H86V76H64Z',
        'M60 86H90L86 130L75 150L64 130Z',
        'M22 84C28 58 52 62 58 84L62 122L50 148L36 116C26 110 18 100 22 84Z',
        'M128 84C122 58 98 62 92 84L88 122L100 148L114 116C124 110 132 100 128 84Z',
        'M44 152C52 150 58 160 54 172C48 178 40 170 40 162Z',
        'M106 152C98 150 92 160 96 172C102 178 110 170 110 162Z',
      ],
      rods: ['M44 15H106M42 41H108M42 67H108'],
      risks: [
        { name: 'dura', d: 'M75 0V128', at: [2, 12] },
        { name: 'sciatic', d: 'M94 134C110 150 118 172 120 200', at: [78, 196] },
        { name: 'cluneal', d: 'M106 34C122 54 130 74 140 100', at: [108, 22] },
      ],
      pins: {
        'LSI-01': [104, 96],
        'LSI-02': [86, 132],
        'LSI-03': [90, 110],
        'LSI-04': [114, 72],
        'LSI-05': [100, 58],
        'LSI-06': [75, 41],
        'LSI-07': [88, 22],
        'LSI-08': [100, 158],
        'LSI-09': [70, 160],
        'LSI-10': [134, 84],
        'LSI-11': [66, 138],
      },
    },
  ],
};

const CERVICAL: Region = {
  height: 220,
  views: [
    {
      name: 'back',
      bones: [
        'M28 36C38 2 112 2 122 36L108 54H42Z',
        ...[0, 1, 2, 3, 4, 5, 6].map((i) => `M62 ${64 + 18 * i}H88V${76 + 18 * i}H62Z`),
        'M104 188L146 196L130 220H112Z',
        'M46 188L4 196L20 220H38Z',
      ],
      risks: [
        { name: 'cord', d: 'M75 54V200', at: [4, 66] },
        { name: 'vertebral_artery', d: 'M98 190V84C98 68 90 62 82 58', at: [100, 150] },
        { name: 'pleura', d: 'M98 216C112 202 134 204 150 216', at: [112, 182] },
      ],
      pins: {
        'CER-01': [94, 112],
        'CER-02': [75, 132],
        'CER-03': [104, 44],
        'CER-04': [120, 200],
        'CER-05': [88, 68],
      },
    },
  ],
};

const THORACIC: Region = {
  height: 200,
  views: [
    {
      name: 'back',
      bones: [0, 1, 2, 3, 4, 5, 6].map((i) => `M64 ${10 + 26 * i}H86V${28 + 26 * i}H64Z`),
      rods: [0, 1, 2, 3, 4, 5].map(
        (i) =>
          `M62 ${18 + 26 * i}C40 ${22 + 26 * i} 22 ${32 + 26 * i} 12 ${46 + 26 * i}M88 ${18 + 26 * i}C110 ${22 + 26 * i} 128 ${32 + 26 * i} 138 ${46 + 26 * i}`,
      ),
      risks: [
        { name: 'dura', d: 'M75 0V200', at: [4, 12] },
        { name: 'pleura', d: 'M100 10C96 80 98 140 104 200', at: [108, 12] },
      ],
      pins: { 'THO-01': [98, 72], 'THO-02': [75, 110], 'THO-04': [88, 138] },
    },
    {
      name: 'front',
      bones: ['M62 20H88L84 140L75 160L66 140Z'],
      rods: [0, 1, 2, 3, 4].map(
        (i) =>
          `M64 ${40 + 22 * i}C44 ${36 + 22 * i} 24 ${40 + 22 * i} 10 ${52 + 22 * i}M86 ${40 + 22 * i}C106 ${36 + 22 * i} 126 ${40 + 22 * i} 140 ${52 + 22 * i}`,
      ),
      risks: [{ name: 'pleura', d: 'M56 24C48 90 50 150 54 200', at: [4, 190] }],
      pins: { 'THO-03': [50, 82] },
    },
  ],
};

const ANKLE: Region = {
  height: 190,
  views: [
    {
      name: 'outer',
      bones: [
        'M46 0H60L64 96L58 126H48Z',
        'M64 0H86L92 106L64 110Z',
        'M62 114C76 106 98 112 106 124L98 140L66 136Z',
        'M26 140C40 130 66 138 94 144L90 166C60 174 40 176 24 168Z',
        'M98 132L140 154L148 170L94 168Z',
      ],
      rods: ['M34 0C37 60 32 110 26 142'],
      risks: [
        { name: 'sural', d: 'M42 20C42 100 38 134 56 158L112 180', at: [100, 188] },
        { name: 'superficial_peroneal', d: 'M92 10C94 80 100 112 120 138', at: [98, 30] },
      ],
      pins: {
        'ANK-01': [78, 120],
        'ANK-02': [58, 144],
        'ANK-03': [42, 122],
        'ANK-05': [68, 98],
        'ANK-08': [34, 66],
        'ANK-09': [22, 148],
        'ANK-10': [88, 146],
      },
    },
    {
      name: 'inner',
      bones: [
        'M64 0H90L94 112L80 126L60 108Z',
        'M44 124C52 112 74 106 88 114L84 136L52 140Z',
        'M56 144C84 138 110 130 124 140L126 168C110 176 90 174 60 166Z',
        'M52 132L10 154L2 170L56 168Z',
      ],
      rods: ['M116 0C113 60 118 110 124 142'],
      risks: [
        { name: 'tibial', d: 'M102 20C106 96 104 128 86 156L46 176', at: [106, 60] },
        { name: 'saphenous', d: 'M60 10C56 70 54 90 48 112', at: [6, 40] },
      ],
      pins: {
        'ANK-04': [86, 128],
        'ANK-06': [64, 110],
        'ANK-07': [106, 168],
        'ANK-11': [46, 142],
        'ANK-12': [14, 164],
      },
    },
  ],
};

const TMJ: Region = {
  height: 160,
  views: [
    {
      name: 'outer',
      bones: [
        'M28 118L108 66C116 50 124 58 121 74L113 130C100 150 52 158 28 140Z',
        'M8 78C6 10 126 -10 146 58L124 64C114 44 102 48 96 62L60 92Z',
      ],
      risks: [
        { name: 'facial', d: 'M138 104C112 104 92 112 58 112', at: [60, 130] },
        { name: 'temporal_artery', d: 'M140 96C138 70 134 46 128 20', at: [92, 16] },
      ],
      pins: { 'TMJ-01': [132, 78], 'TMJ-02': [116, 52], 'TMJ-03': [102, 70], 'TMJ-04': [74, 98] },
    },
  ],
};

export const REGIONS: Readonly<Record<string, Region>> = {
  knee: KNEE,
  shoulder: SHOULDER,
  elbow: ELBOW,
  wrist_hand: WRIST,
  hip: HIP,
  lumbar_si: LUMBAR,
  cervical: CERVICAL,
  thoracic: THORACIC,
  ankle_foot: ANKLE,
  tmj: TMJ,
};
