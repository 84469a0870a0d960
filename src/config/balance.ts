// The keys for classes that have very different numbers of pictures.
import { z } from "zod";

export const samplingKey = {
  sampling: z
    .enum(["uniform", "balanced"])
    .default("uniform")
    .describe(
      "What an epoch shows: each picture about once, or as many pictures of which each class has as many as any other",
    ),
};

export const classWeightsKey = {
  classWeights: z
    .union([z.enum(["none", "auto"]), z.record(z.string(), z.number().positive())])
    .default("none")
    .describe(
      "How much pictures of a class weigh in the training loss: all the same, auto for pictures / (classes * pictures of the class), or a table by " +
        "name, in which a class that is left out has 1",
    ),
};
