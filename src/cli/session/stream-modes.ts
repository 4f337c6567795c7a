/** How events may come; `auto` takes the fastest way that works. */
export const streamModes = ['auto', 'url', 'forward', 'proxy', 'status'] as const;
export type StreamMode = (typeof streamModes)[number];
