"""Addresses of the pages of papers; they stand before the ledgers' own."""

from django.urls import path

from anlan.papers.pages import editor, paper, received

urlpatterns = [
    path("papers/preview/", editor.preview, name="paper-preview"),
    path("papers/units/", editor.pick_addressee, name="paper-units"),
    path("papers-chase/", paper.chase, name="paper-chase"),
    path("papers/new/", editor.new_paper, name="paper-new"),
    path("papers/<int:pk>/", paper.show_paper, name="paper"),
    path("papers/<int:pk>/edit/", editor.edit_paper, name="paper-edit"),
    path("papers/<int:pk>/print/", paper.print_paper, name="paper-print"),
    path("papers/<int:pk>/pdf/", paper.paper_pdf, name="paper-pdf"),
    path("papers/<int:pk>/docx/", paper.paper_docx, name="paper-docx"),
    path("papers/<int:pk>/attach/", editor.enclose, name="paper-attach"),
    path("papers/<int:pk>/discard/", editor.discard, name="paper-discard"),
    path("papers/<int:pk>/erratum/", editor.erratum, name="paper-erratum"),
    path("papers/<int:pk>/figures/<int:figure>/", paper.paper_figure, name="paper-figure"),
    path("papers/<int:pk>/answers/<int:file>/", paper.answer_file, name="paper-answer-file"),
    path("receipts/<int:pk>/", received.show_receipt, name="receipt"),
    path("receipts/<int:pk>/print/", received.print_receipt, name="receipt-print"),
    path("receipts/<int:pk>/pdf/", received.receipt_pdf, name="receipt-pdf"),
    path("receipts/<int:pk>/docx/", received.receipt_docx, name="receipt-docx"),
    path("receipts/<int:pk>/move/answer/", received.answer, name="receipt-answer"),
    path("receipts/<int:pk>/figures/<int:figure>/", received.receipt_figure, name="receipt-figure"),
    path("receipts/<int:pk>/files/<int:file>/", received.receipt_file, name="receipt-file"),
]
