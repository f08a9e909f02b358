/** Motion is looked for in a picture of this width: finer is only slower. */
const WORKING_WIDTH = 480
/** The ground is what was there in most of so many frames. */
const HISTORY = 200
/** How different a pixel has to be, in squared deviations. */
const THRESHOLD = 25
/** Smaller than this share of the picture is noise. */
const SMALLEST = 0.001

/** Whatever moves before a ground that does not: OpenCV's mixture of Gaussians. A few ms a frame. */
export function createDetector(cv) {
  const ground = new cv.BackgroundSubtractorMOG2(HISTORY, THRESHOLD, false)
  const small = new cv.Mat()
  const mask = new cv.Mat()
  const hierarchy = new cv.Mat()
  const speck = cv.getStructuringElement(cv.MORPH_ELLIPSE, new cv.Size(3, 3))
  const gap = cv.getStructuringElement(cv.MORPH_ELLIPSE, new cv.Size(9, 9))

  return (rgba) => {
    const scale = Math.min(1, WORKING_WIDTH / rgba.cols)
    cv.resize(
      rgba,
      small,
      new cv.Size(Math.round(rgba.cols * scale), Math.round(rgba.rows * scale)),
      0,
      0,
      cv.INTER_AREA,
    )
    cv.cvtColor(small, small, cv.COLOR_RGBA2GRAY)
    ground.apply(small, mask)
    cv.morphologyEx(mask, mask, cv.MORPH_OPEN, speck)
    cv.morphologyEx(mask, mask, cv.MORPH_CLOSE, gap)
    const contours = new cv.MatVector()
    try {
      cv.findContours(mask, contours, hierarchy, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE)
      const boxes = []
      for (let i = 0; i < contours.size(); i++) {
        const contour = contours.get(i)
        const { x, y, width, height } = cv.boundingRect(contour)
        contour.delete()
        if (width * height < SMALLEST * small.cols * small.rows) continue
        boxes.push({
          x: Math.round(x / scale),
          y: Math.round(y / scale),
          width: Math.round(width / scale),
          height: Math.round(height / scale),
        })
      }
      return boxes
    } finally {
      contours.delete()
    }
  }
}
