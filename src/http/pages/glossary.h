/*
 * glossary.h - what the words on a key's page mean, for whoever folds it out
 *
 * Threads: as the page.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_GLOSSARY_H
#define KEYPOST_HTTP_PAGES_GLOSSARY_H

#include "http/pages/page.h"

/* `verifies`: this server does; `waiting`: a key on the page is yet to be. */
void glossary_put(struct page *p, bool verifies, bool waiting);

#endif
