/** A page that is still loading after this long does not wait for the rest before it shows video, ms. */
const PATIENCE_MS = 1_000

/**
 * Calls back once the page has loaded, at once when it has. A `<video>` with a stream delays the
 * page's `load` event until its first picture, and that may be a day away: nobody has pushed an
 * image yet.
 */
export function afterPageLoad(callback: () => void): void {
  if (document.readyState === 'complete') {
    callback()
    return
  }
  const done = (): void => {
    clearTimeout(timer)
    removeEventListener('load', done)
    callback()
  }
  const timer = setTimeout(done, PATIENCE_MS)
  addEventListener('load', done)
}
