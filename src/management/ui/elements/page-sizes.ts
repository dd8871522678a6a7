// How many rows a page of a list may have; the API takes at most 500.
export const PAGE_SIZES = ['25', '50', '100', '500'] as const;
