import type Docker from 'dockerode';

/** Base image that scripts/docker-engine.mjs creates. */
export const testBaseImage = 'python:3.11.13-slim-bookworm';

/** Creates a tag that can move to another image, like a tag in a registry. */
export class MovableBaseImage {
  private moves = 0;
  private readonly created = new Set<string>();

  constructor(
    private readonly engine: Docker,
    readonly name: string,
  ) {}

  async move(): Promise<void> {
    this.moves += 1;
    const Cmd = ['sh', '-c', `echo ${process.pid}-${this.moves} > /moved`];
    const container = await this.engine.createContainer({ Image: testBaseImage, Cmd });
    await container.start();
    await container.wait();
    const [repo, tag] = this.name.split(':');
    await container.commit({ repo, tag });
    await container.remove();
    this.created.add(await this.findId());
  }

  async findId(): Promise<string> {
    return (await this.engine.getImage(this.name).inspect()).Id;
  }

  async remove(): Promise<void> {
    for (const id of this.created)
      await this.engine
        .getImage(id)
        .remove({ force: true })
        .catch(() => undefined); // removed with its last child
  }
}
