/**
 * Elements without a compiler: what every screen is made of.
 *
 * @module
 */
import { h } from 'preact';
import htm from 'htm';

export { render } from 'preact';
export { useCallback, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';

/** @typedef {import('preact').ComponentChildren} Children */

export const html = htm.bind(h);
