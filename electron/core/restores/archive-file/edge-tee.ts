import { edgeLength } from '../../archive/entry-walk.ts'

/** Keeps the first and last bytes of what goes through. */
export class EdgeTee {
  head: Buffer = Buffer.alloc(0)
  tail: Buffer = Buffer.alloc(0)

  async *through(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of bytes) {
      if (this.head.length < edgeLength)
        this.head = Buffer.concat([this.head, chunk.subarray(0, edgeLength - this.head.length)])
      this.tail =
        chunk.length >= edgeLength
          ? Buffer.from(chunk.subarray(-edgeLength))
          : Buffer.concat([this.tail, chunk]).subarray(-edgeLength)
      yield chunk
    }
  }
}
