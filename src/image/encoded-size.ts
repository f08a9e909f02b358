/** What the header of a compressed image says, in pixels; not checked against any limit. */
export interface EncodedSize {
  readonly width: number
  readonly height: number
}
