from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Fails, with the exit status asked for."

    def add_arguments(self, parser):
        parser.add_argument("status", type=int, nargs="?", default=1)

    def handle(self, *args, status, **options):
        self.stdout.write("about to fail")
        raise CommandError(f"failed with status {status}, as asked", returncode=status)
