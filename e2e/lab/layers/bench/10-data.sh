# What `npm run bench` backs up. `big`: 1.4 GB in 30,000 files; `small`: a twentieth of it, to try the benchmark itself.
# The mix: source code and documents of this system, each copy its own; programs; media as random bytes behind a JPEG's
# head; archives that are compressed already; two SQL dumps of invented rows. The same bytes on every build.
set -euo pipefail

for name in big small; do
  useradd -m -s /bin/bash "$name"
  echo "$name:pw-$name" | chpasswd
done

# code HOME COPIES STEP: copies of the system's texts, of which every STEP-th is taken, each with a line of its own.
code() {
  perl -e '
    use File::Find; use File::Path "make_path";
    my ($home, $copies, $step) = @ARGV;
    my @files;
    find({ no_chdir => 1, preprocess => sub { sort @_ }, wanted => sub { push @files, $_ if -f && !-l && -T _ && -s _ < 600_000 } },
      "/usr/share", "/usr/lib/python3.11", "/usr/lib/python3", "/usr/lib/x86_64-linux-gnu/perl", "/usr/lib/x86_64-linux-gnu/perl-base", "/etc");
    for my $copy (1 .. $copies) {
      for (my $at = 0; $at < @files; $at += $step) {
        my $from = $files[$at];
        open my $in, "<:raw", $from or next; local $/; my $text = <$in>;
        my $to = "$home/site$copy$from"; (my $folder = $to) =~ s{/[^/]*$}{};
        make_path $folder;
        open my $out, ">:raw", $to or die "$to: $!";
        print $out "# release $copy.$at\n", $text;
      }
    }' "$@"
}

# programs HOME MEGABYTES: shared libraries and executables, until there are as many bytes.
programs() {
  perl -e '
    use File::Copy; use File::Find;
    my ($home, $left) = ($ARGV[0], $ARGV[1] * 1e6);
    mkdir "$home/bin";
    find({ no_chdir => 1, preprocess => sub { sort @_ }, wanted => sub {
      return unless -f && !-l && -B _ && -s _ > 10_000 && $left > 0;
      $left -= -s _; (my $name = substr $_, 1) =~ tr{/}{-}; copy($_, "$home/bin/$name") or die $!;
    } }, "/usr/lib/postgresql", "/usr/lib/x86_64-linux-gnu", "/usr/bin");' "$@"
}

# media HOME COUNT: files of 20 to 380 kB that nothing can compress.
media() {
  mkdir -p "$1/uploads"
  perl -e '
    use POSIX ();
    my ($home, $count) = @ARGV;
    my $key = sprintf "%032d", $count;
    open my $random, "-|:raw", "exec openssl enc -aes-128-ctr -K $key -iv $key -in /dev/zero 2>/dev/null" or die $!;
    for my $number (1 .. $count) {
      my $size = 20_000 + $number * 7919 % 360_000;
      read($random, my $bytes, $size) == $size or die "no random bytes";
      my $folder = "$home/uploads/" . (2010 + $number % 15);
      mkdir $folder;
      open my $out, ">:raw", sprintf "%s/IMG_%05d.jpg", $folder, $number or die $!;
      print $out "\xff\xd8\xff\xe0\x00\x10JFIF\x00", $bytes;
    }
    POSIX::_exit(0)' "$@"
}

# dumps HOME MEGABYTES: what a blog and a shop leave behind, three quarters texts and one quarter numbers.
dumps() {
  mkdir -p "$1/dumps"
  perl -e '
    use File::Find;
    my ($home, $size) = ($ARGV[0], $ARGV[1] * 1e6);
    srand 42;
    my @texts;
    find({ no_chdir => 1, preprocess => sub { sort @_ }, wanted => sub {
      return unless /\.(pod|txt|pm)$/ && -f; open my $in, "<:raw", $_ or return; local $/ = "";
      while (<$in>) { next if length($_) > 2000 || length($_) < 80; s/\\/\\\\/g; s/\x27/\\\x27/g; s/\n/\\n/g; push @texts, $_ }
    } }, "/usr/share/perl", "/usr/share/mysql", "/usr/share/postgresql");
    sub dump_of {
      my ($name, $wanted, $row) = @_;
      open my $out, ">:raw", "$home/dumps/$name.sql" or die $!;
      print $out "CREATE TABLE `$name` (`id` bigint NOT NULL);\n";
      for (my ($done, $id) = (0, 0); $done < $wanted;) {
        my $line = "INSERT INTO `$name` VALUES " . join(",", map { $row->(++$id) } 1 .. 200) . ";\n";
        print $out $line; $done += length $line;
      }
      print $out "-- Dump completed\n";
    }
    my $time = sub { sprintf "%d-%02d-%02d %02d:%02d:%02d", 2010 + rand 15, 1 + rand 12, 1 + rand 28, rand 24, rand 60, rand 60 };
    dump_of("posts", $size * 3 / 4, sub { sprintf "(%d,%d,\x27%s\x27,\x27%s\x27,\x27publish\x27,\x27%08x%08x\x27)", $_[0], rand 900,
      $time->(), join("", map { $texts[rand @texts] } 1 .. 1 + rand 4), rand 2**32, rand 2**32 });
    dump_of("orders", $size / 4, sub { sprintf "(%d,%d,%d,\x27%s\x27,%.2f,%d,\x27%s\x27,\x27customer%d\@example.org\x27)", $_[0], rand 50000, rand 4000,
      $time->(), rand 500, rand 9, (qw(paid sent open returned))[rand 4], rand 90000 });' "$@"
}

fill() {
  local home=/home/$1
  code "$home" "$2" "$3"
  programs "$home" "$4"
  media "$home" "$5"
  dumps "$home" "$6"
  mkdir "$home/backups"
  tar --sort=name --mtime=@0 -C "$home" -czf "$home/backups/site1.tar.gz" site1
  chown -R "$1:" "$home"
  find "$home" -exec touch -h -d @1700000000 {} +
}

fill big 4 1 300 1200 600
fill small 1 5 15 60 30
