/** What the engine's process is to open. */
export interface EngineOrder {
  readonly host: string
  readonly mediaHost?: string
}

/** Where media may come from. */
export interface MediaAddress {
  readonly address: string
  readonly port: number
}

/** What the engine's process found. */
export type EngineReport =
  | { readonly failure: string }
  | { readonly chromium: readonly MediaAddress[]; readonly firefox: readonly MediaAddress[] }
