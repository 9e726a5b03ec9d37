from django.http import HttpResponse

from .models import Product


def index(request):
    lines = [f"{product.name}: {product.price}\n" for product in Product.objects.all()]
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")
