/**
 * OpenCV's HighGUI, shown in browsers: `imshow`, `waitKey`, `setMouseCallback`, `createTrackbar`, `selectROI`.
 *
 * @packageDocumentation
 */
import { HighGui } from './highgui.js'

export * from './constants.js'
export { HighGui } from './highgui.js'
export type { HighGuiOptions } from './options.js'
export type { TrackbarCallback } from './trackbars.js'
export type { MouseCallback, Rect } from './window.js'

/** The one whose methods are the functions below. */
const shared = new HighGui()

/** @see HighGui.configure */
export const configure: HighGui['configure'] = shared.configure.bind(shared)
/** @see HighGui.serverUrl */
export const serverUrl: HighGui['serverUrl'] = shared.serverUrl.bind(shared)
/** @see HighGui.namedWindow */
export const namedWindow: HighGui['namedWindow'] = shared.namedWindow.bind(shared)
/** @see HighGui.imshow */
export const imshow: HighGui['imshow'] = shared.imshow.bind(shared)
/** @see HighGui.waitKey */
export const waitKey: HighGui['waitKey'] = shared.waitKey.bind(shared)
/** @see HighGui.waitKeyEx */
export const waitKeyEx: HighGui['waitKeyEx'] = shared.waitKeyEx.bind(shared)
/** @see HighGui.pollKey */
export const pollKey: HighGui['pollKey'] = shared.pollKey.bind(shared)
/** @see HighGui.setMouseCallback */
export const setMouseCallback: HighGui['setMouseCallback'] = shared.setMouseCallback.bind(shared)
/** @see HighGui.getMouseWheelDelta */
export const getMouseWheelDelta: HighGui['getMouseWheelDelta'] = shared.getMouseWheelDelta.bind(shared)
/** @see HighGui.createTrackbar */
export const createTrackbar: HighGui['createTrackbar'] = shared.createTrackbar.bind(shared)
/** @see HighGui.getTrackbarPos */
export const getTrackbarPos: HighGui['getTrackbarPos'] = shared.getTrackbarPos.bind(shared)
/** @see HighGui.setTrackbarPos */
export const setTrackbarPos: HighGui['setTrackbarPos'] = shared.setTrackbarPos.bind(shared)
/** @see HighGui.setTrackbarMin */
export const setTrackbarMin: HighGui['setTrackbarMin'] = shared.setTrackbarMin.bind(shared)
/** @see HighGui.setTrackbarMax */
export const setTrackbarMax: HighGui['setTrackbarMax'] = shared.setTrackbarMax.bind(shared)
/** @see HighGui.selectROI */
export const selectROI: HighGui['selectROI'] = shared.selectROI.bind(shared)
/** @see HighGui.selectROIs */
export const selectROIs: HighGui['selectROIs'] = shared.selectROIs.bind(shared)
/** @see HighGui.destroyWindow */
export const destroyWindow: HighGui['destroyWindow'] = shared.destroyWindow.bind(shared)
/** @see HighGui.destroyAllWindows */
export const destroyAllWindows: HighGui['destroyAllWindows'] = shared.destroyAllWindows.bind(shared)
/** @see HighGui.getWindowProperty */
export const getWindowProperty: HighGui['getWindowProperty'] = shared.getWindowProperty.bind(shared)
/** @see HighGui.setWindowProperty */
export const setWindowProperty: HighGui['setWindowProperty'] = shared.setWindowProperty.bind(shared)
/** @see HighGui.setWindowTitle */
export const setWindowTitle: HighGui['setWindowTitle'] = shared.setWindowTitle.bind(shared)
/** @see HighGui.resizeWindow */
export const resizeWindow: HighGui['resizeWindow'] = shared.resizeWindow.bind(shared)
/** @see HighGui.moveWindow */
export const moveWindow: HighGui['moveWindow'] = shared.moveWindow.bind(shared)
