import { Option } from 'commander'

/** An option that may be given several times; in a file and in the environment it takes a list as well. */
export class RepeatableOption extends Option {}
