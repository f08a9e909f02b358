/** Numbers of OpenCV's `highgui.hpp`; test/unit/highgui/constants.test.ts compares them with `cv2`. */

/** The pointer has moved. */
export const EVENT_MOUSEMOVE = 0
/** The left button was pressed. */
export const EVENT_LBUTTONDOWN = 1
/** The right button was pressed. */
export const EVENT_RBUTTONDOWN = 2
/** The middle button was pressed. */
export const EVENT_MBUTTONDOWN = 3
/** The left button was released. */
export const EVENT_LBUTTONUP = 4
/** The right button was released. */
export const EVENT_RBUTTONUP = 5
/** The middle button was released. */
export const EVENT_MBUTTONUP = 6
/** The left button was double-clicked; comes after its second `EVENT_LBUTTONUP`. */
export const EVENT_LBUTTONDBLCLK = 7
/** The right button was double-clicked. */
export const EVENT_RBUTTONDBLCLK = 8
/** The middle button was double-clicked. */
export const EVENT_MBUTTONDBLCLK = 9
/** The wheel was turned: `getMouseWheelDelta(flags)` is positive away from the person. */
export const EVENT_MOUSEWHEEL = 10
/** A wheel was turned sideways: `getMouseWheelDelta(flags)` is positive to the right. */
export const EVENT_MOUSEHWHEEL = 11

/** The left button is held. */
export const EVENT_FLAG_LBUTTON = 1
/** The right button is held. */
export const EVENT_FLAG_RBUTTON = 2
/** The middle button is held. */
export const EVENT_FLAG_MBUTTON = 4
/** Ctrl is held. */
export const EVENT_FLAG_CTRLKEY = 8
/** Shift is held. */
export const EVENT_FLAG_SHIFTKEY = 16
/** Alt is held. */
export const EVENT_FLAG_ALTKEY = 32

/** A window that can be resized. All are, in a browser. */
export const WINDOW_NORMAL = 0
/** A window as large as its image. */
export const WINDOW_AUTOSIZE = 1
/** A value of `WND_PROP_FULLSCREEN`. */
export const WINDOW_FULLSCREEN = 1
/** A window that draws with OpenGL; there are none here. */
export const WINDOW_OPENGL = 4096
/** The image may be distorted to fill the window; it never is here. */
export const WINDOW_FREERATIO = 256
/** The image keeps its proportions. */
export const WINDOW_KEEPRATIO = 0
/** A window with toolbar and status bar. */
export const WINDOW_GUI_EXPANDED = 0
/** A window without them. */
export const WINDOW_GUI_NORMAL = 16

/** Property: whether it fills the screen. */
export const WND_PROP_FULLSCREEN = 0
/** Property: whether it was made with `WINDOW_AUTOSIZE`. */
export const WND_PROP_AUTOSIZE = 1
/** Property: `WINDOW_KEEPRATIO` or `WINDOW_FREERATIO`. */
export const WND_PROP_ASPECT_RATIO = 2
/** Property: whether it draws with OpenGL. */
export const WND_PROP_OPENGL = 3
/** Property: whether the window is there, 1 or 0. */
export const WND_PROP_VISIBLE = 4
/** Property: whether it stays above other windows. */
export const WND_PROP_TOPMOST = 5
/** Property: whether OpenGL waits for the screen. */
export const WND_PROP_VSYNC = 6
