import { defineConfig } from 'vitest/config'

// `unit` runs on the sources, in parallel, in milliseconds, simulated networks included. `programs` starts whole
// programs on the built package in dist/ (the command line, the examples, the documentation's code), which mostly
// wait: two files at a time. `integration` runs on the built package as well, with real browsers and headless
// receivers, one file at a time: the machine has few cores and a frame that waits for a core says nothing about
// pixelcast. One project follows the other.
const PROGRAMS = [
  'cli',
  'doctor',
  'examples',
  'examples-servers',
  'exit',
  'pack',
  'python',
  'readme',
  'serve-inputs',
  'serve-live',
  'serve-stdin',
].map((name) => `test/integration/${name}.test.ts`)

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/network/*.test.ts'],
          pool: 'forks',
          sequence: { groupOrder: 0 },
          // Simulated networks take a second or two of a quiet core; a loaded machine is no failure.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'programs',
          include: PROGRAMS,
          pool: 'forks',
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/browser/**/*.test.ts'],
          exclude: PROGRAMS,
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
