// What a source of pictures may be, in the help of commands that take one.

export const sources =
  "a folder with a folder for each class, a list (.csv, .jsonl), a tar archive, or shards: a folder of them or 'train-{000..146}.tar'";
