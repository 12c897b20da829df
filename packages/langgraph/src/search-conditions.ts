import { invalidInput, type JsonValue, MemoryError, type MetadataCondition } from "@unimem/core";
import { fieldName } from "./item-record.ts";

const operators: Readonly<Record<string, string>> = {
  $eq: "eq",
  $ne: "ne",
  $gt: "gt",
  $gte: "gte",
  $lt: "lt",
  $lte: "lte",
  $in: "in",
};

/** A filter of LangGraph as conditions on metadata, which the storage applies before any limit. */
export function conditionsOf(filter: Record<string, unknown>): Record<string, MetadataCondition> {
  return Object.fromEntries(
    Object.entries(filter).map(([name, condition]) => [fieldName(name), conditionOf(condition)]),
  );
}

function conditionOf(condition: unknown): MetadataCondition {
  if (condition === undefined) return { exists: false }; // LangGraph compares with what a missing field is
  if (typeof condition !== "object" || condition === null || Array.isArray(condition))
    return { eq: condition as JsonValue };
  const entries = Object.entries(condition);
  if (entries.length > 0 && !entries.some(([name]) => name.startsWith("$")))
    return { eq: condition as JsonValue };
  return Object.fromEntries(
    entries.map(([name, operand]) => {
      const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
      if (operator === undefined)
        throw new MemoryError(
          "NOT_SUPPORTED",
          `filter has an operator that is not offered. Offered: ${Object.keys(operators).join(", ")}.`,
        );
      if (operand === undefined)
        throw invalidInput("filter", `filter compares with undefined; give ${name} a value.`);
      return [operator, operand];
    }),
  );
}
