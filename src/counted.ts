// Numbers of things, in words.

/** `1 picture`, `2 pictures`; where more than an s differs, `several` says how. */
export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`;
