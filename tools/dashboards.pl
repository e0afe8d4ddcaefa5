#!/usr/bin/perl
# Make a dashboard of Grafana from its list of panels:
#
#	dashboards.pl contrib/grafana/NAME.panels >contrib/grafana/NAME.json
#
# A list has lines of these kinds; one that begins with eight blanks goes on
# with the line before it, and # begins a comment.
#
#	title TEXT, uid WORD, description TEXT, variable NAME [multi]
#	row TEXT
#	TYPE WIDTHxHEIGHT TEXT		a panel; 24 columns are a line
#	    d TEXT			what it means and what to do
#	    q LEGEND | EXPR		a query; in a table LEGEND is the
#					column's name, with its unit behind a ~
#	    unit, min, max, decimals, stack (normal, percent)
#	    limits COLOUR [N:COLOUR]...
#	    states N:TEXT:COLOUR...	what values are called
#
# In a query @I stands for the chosen servers, @P for those and the chosen
# instances of Postfix, @R for the interval that Grafana finds right.

use strict;
use warnings;
use JSON::PP;

my %macro = (
	I => 'instance=~"$instance"',
	P => 'instance=~"$instance",postfix_instance=~"$postfix_instance"',
	R => '[$__rate_interval]',
);
my $source = { type => 'prometheus', uid => '${datasource}' };
my $true = JSON::PP::true;
my $false = JSON::PP::false;

# What $variable may be.
my %variables = (
	datasource => {
		name => 'datasource', label => 'Prometheus',
		type => 'datasource', query => 'prometheus', refresh => 1,
		hide => 0, regex => '', multi => $false, includeAll => $false,
		options => [],
	},
	instance => {
		name => 'instance', label => 'Server',
		query => 'label_values(postfix_stats_up, instance)',
	},
	postfix_instance => {
		name => 'postfix_instance', label => 'Instance of Postfix',
		query => 'label_values(postfix_recv_total{instance=~"$instance"}, postfix_instance)',
	},
);

sub variable
{
	my ($name, $many) = @_;
	my $v = $variables{$name} or die "no variable $name\n";

	return $v if $v->{type};
	my $query = delete $v->{query};
	return { %$v, type => 'query', datasource => $source,
	    query => { query => $query, refId => $name, qryType => 1 },
	    # whenever the time range is another
	    refresh => 2, sort => 1, hide => 0, regex => '', options => [],
	    $many ? (multi => $true, includeAll => $true, allValue => '.*',
	    current => { text => ['All'], value => ['$__all'] }) :
	    (multi => $false, includeAll => $false) };
}

my %options = (
	timeseries => {
		legend => { displayMode => 'table', placement => 'bottom',
		    showLegend => $true, calcs => ['lastNotNull', 'max'] },
		tooltip => { mode => 'multi', sort => 'desc' },
	},
	stat => {
		colorMode => 'value', graphMode => 'area',
		justifyMode => 'auto', orientation => 'auto',
		textMode => 'auto', wideLayout => $true,
		percentChangeColorMode => 'standard',
		showPercentChange => $false,
		reduceOptions => { calcs => ['lastNotNull'], fields => '',
		    values => $false },
	},
	bargauge => {
		displayMode => 'gradient', orientation => 'horizontal',
		showUnfilled => $true, valueMode => 'color',
		namePlacement => 'auto', sizing => 'auto',
		minVizWidth => 8, minVizHeight => 16, maxVizHeight => 300,
		legend => { displayMode => 'list', placement => 'bottom',
		    showLegend => $false, calcs => [] },
		reduceOptions => { calcs => ['lastNotNull'], fields => '',
		    values => $false },
	},
	table => {
		showHeader => $true, cellHeight => 'sm', frameIndex => 0,
		footer => { show => $false, countRows => $false, fields => [],
		    reducer => ['sum'] },
	},
	heatmap => {
		calculate => $false, cellGap => 1, showValue => 'never',
		cellValues => {}, rowsFrame => { layout => 'auto' },
		color => { mode => 'scheme', scheme => 'Oranges',
		    fill => 'dark-orange', exponent => 0.5, steps => 64,
		    reverse => $false, scale => 'exponential' },
		exemplars => { color => 'rgba(255,0,255,0.7)' },
		filterValues => { le => 1e-9 },
		legend => { show => $true },
		tooltip => { mode => 'single', yHistogram => $false },
	},
	'state-timeline' => {
		showValue => 'auto', rowHeight => 0.9, mergeValues => $true,
		alignValue => 'left',
		legend => { displayMode => 'list', placement => 'bottom',
		    showLegend => $false, calcs => [] },
		tooltip => { mode => 'single', sort => 'none' },
	},
);

# Queries whose newest value is all that is shown.
my %instant = map { $_ => 1 } qw(bargauge table);
my %format = (table => 'table', heatmap => 'heatmap');

sub targets
{
	my ($panel) = @_;
	my $ref = 'A';

	return [ map { {
		refId => $ref++, datasource => $source, expr => $_->{expr},
		editorMode => 'code', legendFormat => $_->{legend},
		format => $format{$panel->{type}} // 'time_series',
		instant => $instant{$panel->{type}} ? $true : $false,
		range => $instant{$panel->{type}} ? $false : $true,
	} } @{$panel->{queries}} ];
}

sub limits
{
	my ($colour, @more) = split ' ', $_[0] // 'green';

	return { mode => 'absolute', steps => [
	    { color => $colour, value => undef },
	    map { /^([\d.]+):(\S+)$/ or die "limits $_[0]\n";
		{ value => $1 + 0, color => $2 } } @more ] };
}

sub mappings
{
	my $n = 0;
	my %states = map {
		my ($value, $text, $colour) = split /:/;
		$value => { text => $text, color => $colour, index => $n++ }
	} split ' ', $_[0];

	return [ { type => 'value', options => \%states } ];
}

sub custom
{
	my ($panel) = @_;

	if ($panel->{type} eq 'timeseries') {
		return { drawStyle => 'line', lineWidth => 1,
		    lineInterpolation => 'linear', showPoints => 'never',
		    spanNulls => $false, axisSoftMin => 0,
		    fillOpacity => $panel->{stack} ? 40 : 10,
		    stacking => { mode => $panel->{stack} // 'none',
			group => 'A' } };
	} elsif ($panel->{type} eq 'state-timeline') {
		return { fillOpacity => 80, lineWidth => 0 };
	} elsif ($panel->{type} eq 'table') {
		return { align => 'auto', filterable => $true,
		    cellOptions => { type => 'auto' } };
	}
	return {};
}

# A table of several queries is one row for each set of labels.
sub columns
{
	my ($panel) = @_;
	my @queries = @{$panel->{queries}};
	my %names = (instance => 'server');
	my @overrides;
	my $ref = 'A';

	for my $query (@queries) {
		my $value = @queries > 1 ? "Value #$ref" : 'Value';
		my ($name, $unit) = split /\s*~\s*/, $query->{legend};
		$names{$value} = $name;
		push @overrides, {
			matcher => { id => 'byName', options => $name },
			properties => [ { id => 'unit', value => $unit } ],
		} if defined $unit;
		$query->{legend} = '';
		$ref++;
	}
	return (\@overrides, [
		{ id => 'merge', options => {} },
		{ id => 'organize', options => {
		    excludeByName => { Time => $true },
		    renameByName => \%names } },
	]);
}

sub panel_json
{
	my ($panel) = @_;
	my $type = $panel->{type};
	my %defaults = (
		custom => custom($panel), mappings => [],
		color => { mode => $type =~ /^(timeseries|heatmap)$/ ?
		    'palette-classic' : 'thresholds' },
		thresholds => limits($panel->{limits}),
	);
	my ($overrides, $transformations) = ([], []);
	my %show = %{$options{$type} //
	    die "$panel->{title}: no panels of type $type\n"};

	die "$panel->{title}: no description\n" unless $panel->{d};
	die "$panel->{title}: no unit\n"
	    unless $panel->{unit} || $panel->{states} || $type eq 'table';
	$defaults{unit} = $panel->{unit} if $panel->{unit};
	for my $number (qw(min max decimals)) {
		$defaults{$number} = $panel->{$number} + 0
		    if defined $panel->{$number};
	}
	$defaults{mappings} = mappings($panel->{states}) if $panel->{states};
	$show{yAxis} = { unit => $panel->{unit}, axisPlacement => 'left' }
	    if $type eq 'heatmap';
	($overrides, $transformations) = columns($panel) if $type eq 'table';

	return {
		id => $panel->{id}, type => $type, title => $panel->{title},
		description => $panel->{d}, datasource => $source,
		gridPos => $panel->{grid}, targets => targets($panel),
		options => \%show, transformations => $transformations,
		fieldConfig => { defaults => \%defaults,
		    overrides => $overrides },
	};
}

# --- reading

my %head = (variables => []);
my (@panels, $panel, $y, $x, $height);

# Panels stand side by side until the line is full.
sub place
{
	my ($w, $h) = @_;

	if ($x + $w > 24) {
		$y += $height;
		$x = $height = 0;
	}
	my $grid = { x => $x + 0, y => $y + 0, w => $w + 0, h => $h + 0 };
	$x += $w;
	$height = $h if $h > $height;
	return $grid;
}

sub expression
{
	my ($text) = @_;

	$text =~ s/\@([IPR])\b/$macro{$1}/g;
	$text =~ s/\s+/ /g;
	return $text;
}

sub panel_line
{
	my ($word, $rest) = @_;

	if ($word eq 'q') {
		my ($legend, $expr) = $rest =~ /^(.*?)\s*\|\s*(.*)$/
		    or die "no query: $rest\n";
		push @{$panel->{queries}},
		    { legend => $legend, expr => expression($expr) };
	} elsif ($word =~ /^(d|unit|min|max|decimals|stack|limits|states)$/) {
		die "$panel->{title}: $word twice\n" if defined $panel->{$word};
		$panel->{$word} = $rest;
	} else {
		die "$panel->{title}: $word is not known\n";
	}
}

sub line
{
	my ($line) = @_;

	if ($line =~ /^    (\S+)\s+(.*)$/) {
		panel_line($1, $2);
	} elsif ($line =~ /^(title|uid|description) (.*)$/) {
		$head{$1} = $2;
	} elsif ($line =~ /^variable (\w+)( multi)?$/) {
		push @{$head{variables}}, variable($1, $2);
	} elsif ($line =~ /^row (.*)$/) {
		$y += $height;
		$x = $height = 0;
		push @panels, { row => 1, title => $1, id => @panels + 1,
		    grid => { x => 0, y => $y, w => 24, h => 1 } };
		$y++;
	} elsif ($line =~ /^([a-z-]+) (\d+)x(\d+) (.*)$/) {
		$panel = { type => $1, title => $4, id => @panels + 1,
		    grid => place($2, $3), queries => [] };
		push @panels, $panel;
	} else {
		die "not understood: $line\n";
	}
}

$x = $y = $height = 0;
my $pending;
while (my $text = <>) {
	chomp $text;
	next if $text =~ /^\s*(#|$)/;
	if ($text =~ /^ {8}\s*(.*)$/) {
		$pending .= " $1";
		next;
	}
	line($pending) if defined $pending;
	$pending = $text;
}
line($pending) if defined $pending;

my %dashboard = (
	title => $head{title}, uid => $head{uid},
	description => $head{description}, tags => ['postfix'],
	schemaVersion => 39, version => 1, editable => $true,
	graphTooltip => 1, refresh => '1m', timezone => 'browser',
	fiscalYearStartMonth => 0, weekStart => '',
	time => { from => 'now-6h', to => 'now' }, timepicker => {},
	annotations => { list => [] },
	templating => { list => [ variable('datasource'),
	    @{$head{variables}} ] },
	links => [ { type => 'dashboards', tags => ['postfix'],
	    title => 'Postfix', asDropdown => $true, includeVars => $true,
	    keepTime => $true, targetBlank => $false, icon => 'dashboard',
	    tooltip => '', url => '' } ],
	panels => [ map { $_->{row} ? {
	    id => $_->{id}, type => 'row', title => $_->{title},
	    collapsed => $false, panels => [], gridPos => $_->{grid} } :
	    panel_json($_) } @panels ],
);
print JSON::PP->new->canonical->indent->indent_length(1)->space_after
    ->encode(\%dashboard);
