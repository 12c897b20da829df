/** Re-embeds a store until it is done or killed: `node reembed-worker.ts <options of the storage as JSON>`. */
import { valkeyStorage } from "../valkey-storage.ts";
import { reembed } from "./reembed-sample.ts";

const [options = "{}"] = process.argv.slice(2);
const store = valkeyStorage({ searchConnections: 0, ...JSON.parse(options) });
await store.open();
await reembed(store, 2);
await store.close();
