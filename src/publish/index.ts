export { Publishers } from './publishers.js'
