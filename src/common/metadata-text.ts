/**
 * What an application said about an image, as JSON, and the message in which viewers are told: it is
 * built once for all who are sent the same frame. One object an image, the same for each of its frames.
 */
export class MetadataText {
  #time: number | undefined
  #message = ''

  constructor(
    /** JSON. */
    readonly json: string,
    /** Of it in UTF-8. */
    readonly byteLength: number,
  ) {}

  /** The message `meta` of the data channel. @param time of the frame, 1/90,000 s */
  message(time: number): string {
    if (time !== this.#time) {
      this.#time = time
      this.#message = `{"t":"meta","time":${time},"data":${this.json}}`
    }
    return this.#message
  }
}
