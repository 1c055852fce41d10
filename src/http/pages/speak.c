#include "http/pages/speak.h"

#include "http/message/accept_language.h"
#include "http/services.h"

const char *
site_choose(const struct request *req, const char *const *tags)
{
	const char *standard = words_standard()->tag;

	if (!req->services->settings->accept_language)
		return standard;
	return accept_language(req->head.accept_language, tags, standard);
}

void
site_speak(const struct request *req, struct reply *reply)
{
	words_speak_here(words_language(site_choose(req, words_tags())));
	reply->varies_language = req->services->settings->accept_language;
}

void
site_spoken(struct reply *reply)
{
	reply->language = words_spoken()->tag;
	words_speak_here(NULL);
}
