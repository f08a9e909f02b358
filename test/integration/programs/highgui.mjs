// What a user of OpenCV writes, and nothing else: run by highgui.test.ts in a process of its own.
import { destroyAllWindows, imshow, waitKey } from '../../../dist/highgui/index.js'

const image = { data: new Uint8Array(64 * 48), width: 64, height: 48, format: 'gray8' }
let rounds = 0
while (true) {
  image.data.fill(rounds++)
  imshow('window', image)
  if ((await waitKey(1)) === 27) break
}
destroyAllWindows()
console.log(`ended by Escape, ${rounds > 10}`)
