// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';

import { resume } from './api/session';
import { App } from './app/App';
import { chooseTheme, rememberedTheme } from './app/theme';
import { chooseLanguage, rememberedLanguage } from './text';

chooseTheme(rememberedTheme());
const wanted = rememberedLanguage();
if (wanted !== 'en') await chooseLanguage(wanted);
const root = document.getElementById('app');
if (root) render(<App />, root);
// A patient's link is no session yet; it is entered by its own page.
if (!location.hash.startsWith('#link=')) await resume();
