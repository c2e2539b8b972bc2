import type { MissingFinder } from './failure-context.js';

/** Finds missing system libraries that an installed package was built against. */
export const findMissingLibraries: MissingFinder = async (text) => {
  const library = /(lib[\w.+-]+?\.so[\d.]*): cannot open shared object file/.exec(text)?.[1];
  if (library === undefined) return [];
  if (/^lib(GL|EGL|gthread|glib|SM|Xext|Xrender|X11|xcb)\b/.test(library) && /cv2|opencv/i.test(text))
    return [
      `the system lacks ${library}, which OpenCV needs to show windows: require opencv-python-headless instead of opencv-python`,
    ];
  const cuda = /^lib(cu|nv|nccl)/.test(library) ? ', a part of CUDA' : '';
  return [
    `the system lacks the library ${library}${cuda}: install it on this machine, or in your own image with --strategy docker`,
  ];
};
