export { seededRandom as seeded } from '../../src/cli/demo/random.js'
