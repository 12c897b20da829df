import type { WriteStream } from "node:tty";

const width = 30;

/** A bar that moves on a terminal; in a pipe or a log, one plain line at each quarter. */
export function progressBar(total: number, out: WriteStream = process.stdout) {
  let done = 0;
  let quarters = 0;

  return function advance(count: number): void {
    done += count;
    const share = total === 0 ? 1 : done / total;
    const figures = `${done} of ${total} saved`;
    if (out.isTTY) {
      const filled = Math.round(share * width);
      const bar = "█".repeat(filled) + "░".repeat(width - filled);
      out.write(`\r  ${bar} ${figures}${done >= total ? "\n" : ""}`);
    } else if (Math.floor(share * 4) > quarters) {
      quarters = Math.floor(share * 4);
      out.write(`  ${figures}\n`);
    }
  };
}
