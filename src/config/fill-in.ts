// Writes what a recipe gives into a document where the file is silent.
import { type Document, isMap } from "yaml";
import type { Given, SetSize, Values } from "./recipe.ts";
import { defaultRecipe, recipeFromWeights, recipeNames, recipes } from "./recipes.ts";

/** Fills in what the document's recipe gives for this set; whether there was anything to fill in. */
export const fillIn = (document: Document, set: SetSize): boolean =>
  isMap(document.contents) && write(document, valuesFor(document, set));

/** What the document's recipe gives for this set, with what the document says of itself. */
export function valuesFor(document: Document, set: SetSize): Values {
  const named = document.get("recipe");
  const usual = document.hasIn(["train", "from"]) ? recipeFromWeights : defaultRecipe;
  const recipe = named === undefined ? usual : recipeNames.find((name) => name === named);
  if (recipe === undefined) return {};
  const values = recipes[recipe](set, givenIn(document));
  return recipe === defaultRecipe ? values : { recipe, ...values };
}

function givenIn(document: Document): Given {
  const at = <T>(path: string, isKind: (value: unknown) => value is T): T | undefined => {
    const value = document.getIn(path.split("."));
    return isKind(value) ? value : undefined;
  };
  return {
    network: at("network.name", isText),
    size: at("data.size", isNumber),
    epochs: at("train.epochs", isNumber),
    steps: at("train.steps", isNumber),
    batch: at("train.batch", isNumber),
    optimizer: at("train.optimizer.name", isText),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number" && value > 0;

/** Writes the values of keys that are not there; whether there were any. */
export function write(document: Document, values: Values, path: readonly string[] = []): boolean {
  const written = Object.entries(values).map(([key, value]) => {
    const at = [...path, key];
    if (!document.hasIn(at)) {
      document.setIn(at, document.createNode(value));
      return true;
    }
    return isSection(value) && isMap(document.getIn(at)) && !isOther(document.getIn([...at, "name"]), value.name)
      ? write(document, value, at)
      : false;
  });
  return written.includes(true);
}

const isSection = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A section of another name, such as another schedule, has keys and defaults of its own. */
const isOther = (given: unknown, name: unknown): boolean => given !== undefined && given !== name;
