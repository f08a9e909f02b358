import { defineConfig } from 'vitest/config'

// `unit` runs on the sources, in milliseconds, simulated networks included. The others run on the built package in
// dist/, with real browsers, headless receivers and whole programs. `integration` waits for conditions, and so much that
// the machine idles with one file at a time: two. `alone` is what a busy machine would spoil: tests that count frames or
// time, or compare one with the other. One project follows the other.
const ALONE = ['metadata', 'networks', 'order', 'socket-times', 'ssh', 'still', 'stock-firefox'].map(
  (name) => `test/browser/${name}.test.ts`,
)

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/network/*.test.ts'],
          pool: 'forks',
          // By itself vitest leaves a core free, for an editor.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          // Simulated networks take a second or two of a quiet core; a loaded machine is no failure.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/browser/**/*.test.ts'],
          exclude: ALONE,
          pool: 'forks',
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'alone',
          include: ALONE,
          pool: 'forks',
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // `npm run test:engines`: against engines of others, built or installed before.
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // `npm run test:bench`: the benchmark itself as a smoke test, some two minutes of it.
        test: {
          name: 'bench',
          include: ['test/bench/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
