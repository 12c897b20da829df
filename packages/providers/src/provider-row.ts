import type { ConfigKey } from "./provider-config.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** What it takes to reach a provider. */
export interface Reach {
  /** Variables that may hold the key; none where no key is needed. */
  readonly keyVariables: readonly string[];
  readonly baseUrlVariable?: string;
  /** Other variables that are looked at. */
  readonly variables?: readonly string[];
  /** What `config` may hold besides what every provider takes. */
  readonly keys?: readonly ConfigKey[];
  /** It computes in this process, so that there is nobody to reach. */
  readonly local?: true;
}

/** One provider of language models or of embedders. docs/guide/providers.md shows these rows. */
export interface ProviderRow<Opened> extends Reach {
  /** The typical model, taken where none is named. Absent where every user has names of their own. */
  readonly model?: string;
  /** Optional packages that it needs. */
  readonly packages: readonly string[];
  open(settings: ProviderSettings): Promise<Opened>;
}
