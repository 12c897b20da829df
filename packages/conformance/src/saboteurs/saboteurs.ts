import { countSaboteurs } from "./count-saboteurs.ts";
import { expirySaboteurs } from "./expiry-saboteurs.ts";
import { filterSaboteurs } from "./filter-saboteurs.ts";
import { handleSaboteurs } from "./handle-saboteurs.ts";
import { metadataSaboteurs } from "./metadata-saboteurs.ts";
import { orderSaboteurs } from "./order-saboteurs.ts";
import { reembeddingSaboteurs } from "./reembedding-saboteurs.ts";
import { ruleSaboteurs } from "./rule-saboteurs.ts";
import type { Saboteur } from "./saboteur.ts";
import { searchSaboteurs } from "./search-saboteurs.ts";
import { touchSaboteurs } from "./touch-saboteurs.ts";
import { valueSaboteurs } from "./value-saboteurs.ts";

/** Storages that are broken on purpose, each in one way. */
export const saboteurs: readonly Saboteur[] = [
  ...filterSaboteurs,
  ...expirySaboteurs,
  ...metadataSaboteurs,
  ...orderSaboteurs,
  ...searchSaboteurs,
  ...countSaboteurs,
  ...ruleSaboteurs,
  ...touchSaboteurs,
  ...valueSaboteurs,
  ...handleSaboteurs,
  ...reembeddingSaboteurs,
];
