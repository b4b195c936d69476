import type { Model } from "../model";

/** One control: an element that is made once and drawn again from the model. */
export interface Control {
  element: HTMLElement;
  render(model: Model): void;
}
