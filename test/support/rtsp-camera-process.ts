// A camera that can be killed, in a process of its own: H.264 over RTSP.
import { answerCalls, Child } from './child.js'
import { h264AccessUnits } from './h264.js'
import { h264Media, RtspTestCamera } from './rtsp-camera.js'

interface CameraApi {
  /** Opens the camera (port 0: any free one) and gives its port. */
  open(request: { port: number; colour: readonly [number, number, number] }): Promise<number>
}

/** A camera that ends without a word when it is killed. */
export class CameraProcess {
  private constructor(
    private readonly child: Child<CameraApi>,
    readonly port: number,
  ) {}

  /** `colour`: luma and both chroma values; the left half moves. */
  static async start(colour: readonly [number, number, number], port = 0): Promise<CameraProcess> {
    const child = await Child.start<CameraApi>('test/support/rtsp-camera-process.ts')
    return new CameraProcess(child, await child.call('open', { port, colour }))
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/live`
  }

  kill(): Promise<void> {
    return this.child.kill('SIGKILL')
  }
}

if (process.send && process.argv[1]?.includes('rtsp-camera-process'))
  answerCalls<CameraApi>({
    open: async ({ port, colour }) => {
      const units = await h264AccessUnits({ frames: 50, colour })
      return (await RtspTestCamera.open(h264Media(units), port)).port
    },
  })
