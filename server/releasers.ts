// What must be closed again, in reverse order of opening. The first error is kept and the rest still runs.

export type Releasers = ReturnType<typeof createReleasers>

export function createReleasers() {
  const waiting: (() => void | Promise<void>)[] = []
  return {
    add(release: () => void | Promise<void>): void {
      waiting.push(release)
    },
    async run(): Promise<void> {
      const errors: unknown[] = []
      for (let release = waiting.pop(); release; release = waiting.pop()) {
        try {
          await release()
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}
