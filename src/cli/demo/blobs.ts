/** A connected group of set pixels. */
export interface Blob {
  left: number
  top: number
  /** First column and row outside. */
  right: number
  bottom: number
  area: number
  /** Sums for the middle and the moments. */
  sumX: number
  sumY: number
  sumXX: number
  sumYY: number
  sumXY: number
}

interface Run {
  readonly row: number
  readonly from: number
  readonly to: number
  readonly group: number
}

/**
 * The connected groups of a mask. Pixels belong together when no more than `gap` columns or rows of
 * unset ones lie between them, so that a window does not cut a car in two. Works on runs of pixels
 * and joins them with union-find: one pass over the mask.
 */
export function findBlobs(mask: Uint8Array, width: number, height: number, gap: number): Blob[] {
  const parents: number[] = []
  const find = (group: number): number => {
    let root = group
    while (parents[root] !== root) root = parents[root]!
    for (let g = group; g !== root; ) {
      const next = parents[g]!
      parents[g] = root
      g = next
    }
    return root
  }
  const rows: Run[][] = []
  for (let row = 0; row < height; row++) {
    const runs = runsOf(mask, width, row, gap, parents)
    for (let above = Math.max(0, row - 1 - gap); above < row; above++)
      joinTouching(rows[above]!, runs, gap, (a, b) => {
        parents[find(a)] = find(b)
      })
    rows.push(runs)
  }
  const blobs = new Map<number, Blob>()
  for (const run of rows.flat()) {
    const root = find(run.group)
    let blob = blobs.get(root)
    if (!blob) {
      blob = emptyBlob()
      blobs.set(root, blob)
    }
    addRun(blob, run, mask, width)
  }
  return [...blobs.values()]
}

function runsOf(mask: Uint8Array, width: number, row: number, gap: number, parents: number[]): Run[] {
  const runs: Run[] = []
  const base = row * width
  let from = -1
  let to = 0
  const close = () => {
    if (from < 0) return
    runs.push({ row, from, to, group: parents.length })
    parents.push(parents.length)
  }
  for (let x = 0; x < width; x++) {
    if (mask[base + x] === 0) continue
    if (from < 0 || x - to > gap) {
      close()
      from = x
    }
    to = x + 1
  }
  close()
  return runs
}

/** Calls `join` for each pair of runs of two rows that touch, diagonals included. Both lists are in order. */
function joinTouching(
  above: readonly Run[],
  below: readonly Run[],
  gap: number,
  join: (a: number, b: number) => void,
): void {
  let first = 0
  for (const run of below) {
    while (first < above.length && above[first]!.to + gap < run.from) first++
    for (let i = first; i < above.length && above[i]!.from <= run.to + gap; i++)
      join(above[i]!.group, run.group)
  }
}

function emptyBlob(): Blob {
  return {
    left: Number.POSITIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    right: 0,
    bottom: 0,
    area: 0,
    sumX: 0,
    sumY: 0,
    sumXX: 0,
    sumYY: 0,
    sumXY: 0,
  }
}

function addRun(blob: Blob, run: Run, mask: Uint8Array, width: number): void {
  blob.left = Math.min(blob.left, run.from)
  blob.right = Math.max(blob.right, run.to)
  blob.top = Math.min(blob.top, run.row)
  blob.bottom = Math.max(blob.bottom, run.row + 1)
  for (let x = run.from; x < run.to; x++) {
    if (mask[run.row * width + x] === 0) continue
    blob.area++
    blob.sumX += x
    blob.sumY += run.row
    blob.sumXX += x * x
    blob.sumYY += run.row * run.row
    blob.sumXY += x * run.row
  }
}

/** Length and width of the rectangle that has the blob's second moments, in pixels; they do not change when it turns. */
export function extent(blob: Blob): { length: number; width: number } {
  const n = blob.area
  const mx = blob.sumX / n
  const my = blob.sumY / n
  const xx = blob.sumXX / n - mx * mx
  const yy = blob.sumYY / n - my * my
  const xy = blob.sumXY / n - mx * my
  const middle = (xx + yy) / 2
  const spread = Math.hypot((xx - yy) / 2, xy)
  // a bar of n pixels has the variance (n² − 1) / 12
  const side = (variance: number) => Math.sqrt(12 * Math.max(0, variance) + 1)
  return { length: side(middle + spread), width: side(middle - spread) }
}
