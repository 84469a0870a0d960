// The recipes: what an experiment does where its file does not say.
import { finetune } from "./finetune.ts";
import type { Recipe } from "./recipe.ts";
import { scratch } from "./scratch.ts";

export const recipeNames = ["paper", "scratch", "finetune"] as const;
export type RecipeName = (typeof recipeNames)[number];

export const defaultRecipe: RecipeName = "scratch";
/** Of an experiment that starts from weights that have been trained before. */
export const recipeFromWeights: RecipeName = "finetune";

export const recipes: Readonly<Record<RecipeName, Recipe>> = {
  /** Section 8 of arXiv 1512.00567 is what the schema's defaults are. */
  paper: () => ({}),
  scratch,
  finetune,
};
