/*
 * Series are shared by the answers that are under way and by the cache.
 */
#include <stdio.h>
#include <stdlib.h>

#include "exporter/scrape.h"
#include "exporter/squeeze.h"

/* The bytes of one rendering.  If it is not compressed, only the first two
   members mean anything. */
struct scrape_series {
	struct squeezed text;
	unsigned holders;
};

struct scrape {
	struct squeezed first;
	struct scrape_series *series;
	char trailer[SQUEEZE_TRAILER];
	enum scrape_encoding encoding;
};

static void
series_release(struct scrape_series *series)
{
	if (series == NULL || --series->holders > 0)
		return;
	free(series->text.bytes);
	free(series);
}

void
scrape_forget(struct scrape_cache *cache)
{
	for (unsigned f = 0; f < PROMETHEUS_FORMATS; f++)
		for (unsigned e = 0; e < SCRAPE_ENCODINGS; e++) {
			series_release(cache->series[f][e]);
			cache->series[f][e] = NULL;
		}
}

/* What `render` prints, to be freed; -1: no memory. */
static int
render_text(const struct site *site, enum prometheus_format format,
    int (*render)(FILE *, enum prometheus_format, const struct site *),
    struct squeezed *text_r)
{
	FILE *out;
	int done;

	*text_r = (struct squeezed){ NULL, 0, 0, 0 };
	out = open_memstream(&text_r->bytes, &text_r->len);
	if (out == NULL)
		return (-1);
	done = render(out, format, site);
	if (fclose(out) == 0 && done == 0)
		return (0);
	free(text_r->bytes);
	return (-1);
}

/* As text, or compressed by `squeeze`. */
static int
render_encoded(const struct site *site, enum prometheus_format format,
    int (*render)(FILE *, enum prometheus_format, const struct site *),
    int (*squeeze)(const char *, size_t, struct squeezed *),
    struct squeezed *encoded_r)
{
	struct squeezed text;
	int done;

	if (render_text(site, format, render, &text) == -1)
		return (-1);
	if (squeeze == NULL) {
		*encoded_r = text;
		return (0);
	}
	done = squeeze(text.bytes, text.len, encoded_r);
	free(text.bytes);
	return (done);
}

/* A hold on the series, made if they are not there. */
static struct scrape_series *
series_get(struct scrape_cache *cache, const struct site *site,
    enum prometheus_format format, enum scrape_encoding encoding)
{
	struct scrape_series **kept = &cache->series[format][encoding];

	if (cache->version != stores_version(site->stores)) {
		scrape_forget(cache);
		cache->version = stores_version(site->stores);
	}
	if (*kept == NULL) {
		struct scrape_series *fresh = malloc(sizeof(*fresh));

		if (fresh == NULL)
			return (NULL);
		fresh->holders = 1;
		if (render_encoded(site, format, site_render_series,
			encoding == SCRAPE_GZIP ? squeeze_last : NULL,
			&fresh->text) == -1) {
			free(fresh);
			return (NULL);
		}
		*kept = fresh;
	}
	(*kept)->holders++;
	return (*kept);
}

struct scrape *
scrape_new(struct scrape_cache *cache, const struct site *site,
    enum prometheus_format format, enum scrape_encoding encoding)
{
	struct scrape *scrape = malloc(sizeof(*scrape));

	if (scrape == NULL)
		return (NULL);
	scrape->encoding = encoding;
	scrape->series = series_get(cache, site, format, encoding);
	if (scrape->series == NULL) {
		free(scrape);
		return (NULL);
	}
	if (render_encoded(site, format, site_render_states,
		encoding == SCRAPE_GZIP ? squeeze_first : NULL,
		&scrape->first) == -1) {
		series_release(scrape->series);
		free(scrape);
		return (NULL);
	}
	if (encoding == SCRAPE_GZIP)
		squeeze_trailer(
		    &scrape->first, &scrape->series->text, scrape->trailer);
	return (scrape);
}

unsigned
scrape_parts(const struct scrape *scrape, struct MHD_IoVec part_r[SCRAPE_PARTS])
{
	unsigned trailer = 2;

	part_r[0] = (struct MHD_IoVec){ scrape->first.bytes,
		scrape->first.len };
	part_r[1] = (struct MHD_IoVec){ scrape->series->text.bytes,
		scrape->series->text.len };
	if (scrape->encoding != SCRAPE_GZIP)
		return (trailer);
	part_r[trailer] = (struct MHD_IoVec){ scrape->trailer,
		sizeof(scrape->trailer) };
	return (trailer + 1);
}

void
scrape_free(struct scrape *scrape)
{
	series_release(scrape->series);
	free(scrape->first.bytes);
	free(scrape);
}
