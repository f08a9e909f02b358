/**
 * Whether tests run that try the way of others once more, with another codec: all do in `.ci/run` and
 * `npm run test:all`, one of a kind in `npm test`.
 */
export const isWhole = process.env.PIXELCAST_TEST_ALL !== undefined
