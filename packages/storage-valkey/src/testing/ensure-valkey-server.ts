import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What to tell a person whose tests found no server. */
export const waysToGetAServer = [
  "set VALKEY_URL to a server that the tests may write to (valkey://host:port)",
  "put valkey-server on the PATH",
  "run the tests as root on Debian, where they install it",
];

/** Whether `valkey-server` can be started here; installs it first where the tests may do that. */
export function ensureValkeyServer({ install }: { install: boolean }): boolean {
  if (isOnPath()) return true;
  if (!install || process.getuid?.() !== 0 || !isDebian()) return false;
  process.stderr.write("Installing valkey-server for the tests of @unimem/valkey …\n");
  // Several test runs may want it at once: the first installs, the others wait and find it there.
  const lock = join(tmpdir(), "unimem-install-valkey.lock");
  const { status, stdout, stderr } = spawnSync("flock", [lock, "sh", "-ec", installation], {
    encoding: "utf8",
  });
  if (status !== 0) process.stderr.write(`It could not be installed:\n${stdout}\n${stderr}\n`);
  return status === 0 && isOnPath();
}

function isOnPath(): boolean {
  return spawnSync("valkey-server", ["--version"]).status === 0;
}

function isDebian(): boolean {
  const release = "/etc/os-release";
  return existsSync(release) && /^ID=debian$/m.test(readFileSync(release, "utf8"));
}

// Debian starts a service when it installs one; policy-rc.d forbids that. A file that is there already stays.
const installation = `
command -v valkey-server > /dev/null && exit 0
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap "rm -f $policy" EXIT
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod +x $policy
fi
. /etc/os-release
suite=
if [ "$VERSION_CODENAME" = bookworm ]; then
  suite='-t bookworm-backports'
  # From the mirror that the machine takes its packages from.
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sed -n 's/ bookworm$//p' | head -n 1)
  echo "deb $mirror bookworm-backports main" > /etc/apt/sources.list.d/bookworm-backports.list
fi
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $suite --no-upgrade valkey-server
`;
