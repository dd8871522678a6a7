// What JSON.parse gives: tests look at what came, whatever it is.

export type ParsedJson = ReturnType<typeof JSON.parse>;
