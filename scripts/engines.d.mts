export declare function findLiveKit(): string | undefined
export declare function findMediaMtx(): string | undefined
export declare function ensureLiveKitViewers(): string | undefined
export declare function findJanus(): string | undefined
