/** What happens to the page that a connection cares about. */
export interface PageEvents {
  /** The page is looked at again. */
  visible(): void
  /** The network is there again, or is another one. */
  network(): void
  /** The page goes away; it may come back from the browser's cache. */
  leave(): void
  comeBack(): void
}

/** `navigator.connection`, where the browser has it (Chromium). */
type Navigator_ = Navigator & { readonly connection?: EventTarget }

/** Listens until the returned function is called. */
export function listenToPage(events: PageEvents): () => void {
  const stop = new AbortController()
  const { signal } = stop
  addEventListener('online', () => events.network(), { signal })
  ;(navigator as Navigator_).connection?.addEventListener('change', () => events.network(), { signal })
  document.addEventListener('visibilitychange', () => events.visible(), { signal })
  addEventListener('pagehide', () => events.leave(), { signal })
  addEventListener('pageshow', ({ persisted }) => persisted && events.comeBack(), { signal })
  return () => stop.abort()
}
